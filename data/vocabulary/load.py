"""Reads the authored vocabulary files into contract tables."""

from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from data.errors import ContractError
from data.tables import TABLES

VOCABULARY_TABLES: Final = ("skills", "occupations", "occupation_skills")
"""The tables this package can stand in for."""

ALIAS_SEPARATOR: Final = "|"
"""Between the aliases of one line; it occurs in no alias."""


@cache
def builtin(table: str) -> pl.DataFrame:
    """One table of the built-in vocabulary, held to its contract.

    Args:
        table: skills, occupations or occupation_skills.

    Returns:
        One row per line of the file, with every column of the contract.

    Raises:
        ContractError: the table has no built-in form, or its file breaks the contract.
    """
    if table not in VOCABULARY_TABLES:
        message = f"no built-in {table!r}; the built-in tables are {list(VOCABULARY_TABLES)}"
        raise ContractError(message)
    return _under_contract(table, _authored(table))


@cache
def posting_words() -> dict[str, tuple[str, ...]]:
    """Further words by which job postings name built-in skills, by skill_id.

    They stand apart from the aliases because they are looser: ``财务`` in an advertisement of an
    accountant names bookkeeping, elsewhere it may not. Only the extraction of skills reads them;
    the simulated city doesn't speak them. A word may lead to two skills (SSM: Spring and MyBatis).
    """
    rows = _authored("posting_words").iter_rows()
    return {skill_id: tuple(words.split(ALIAS_SEPARATOR)) for skill_id, words in rows}


def _authored(table: str) -> pl.DataFrame:
    """The file as text; an empty cell is unknown."""
    text = files("data.vocabulary").joinpath(f"{table}.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False)


def _under_contract(table: str, authored: pl.DataFrame) -> pl.DataFrame:
    """The authored columns in contract types; columns the file leaves out are null."""
    columns = TABLES[table].columns()
    given = [
        _cell(name).cast(column.dtype)
        if name in authored.columns
        else pl.lit(None, column.dtype).alias(name)
        for name, column in columns.items()
    ]
    frame = authored.select(given)
    if not TABLES[table].is_valid(frame):
        message = f"built-in {table} breaks its contract; run data.vocabulary.check"
        raise ContractError(message)
    return frame


def _cell(name: str) -> pl.Expr:
    """A column of the file; aliases become a list."""
    if name != "aliases":
        return pl.col(name)
    return (
        pl.col(name)
        .fill_null("")
        .str.split(ALIAS_SEPARATOR)
        .list.eval(pl.element().filter(pl.element() != ""))
    )
