"""Reads the labelled postings and their texts."""

from importlib.resources import files
from pathlib import Path
from typing import Final

import polars as pl

from training.occupations.gold.texts import read_postings
from training.skills.gold.errors import GoldError

SETS: Final = ("dev", "gold")
"""The labelled sets: for choosing and fitting, and for judging alone."""


def load_labels(name: str) -> pl.DataFrame:
    """The labels of a set.

    Args:
        name: dev or gold.

    Returns:
        key, dataset, row, kind, it (null for titles of no kind), best (code; null: the posting
        names no occupation), accepted (codes, best among them; empty where best is null).

    Raises:
        GoldError: there is no such set.
    """
    if name not in SETS:
        raise GoldError(f"no labelled set {name!r}; expected one of {list(SETS)}")
    text = files("training.occupations.gold").joinpath(f"{name}.csv").read_bytes()
    also = pl.col("also").fill_null("").str.split("|")
    accepted = pl.concat_list(pl.col("best").fill_null(""), also).list.eval(
        pl.element().filter(pl.element() != "")
    )
    labels = pl.read_csv(text, schema_overrides={"it": pl.Boolean})
    return labels.select(pl.exclude("also"), accepted=accepted)


def load_postings(datasets: Path, labels: pl.DataFrame) -> pl.DataFrame:
    """The postings behind labels, in their order.

    Args:
        datasets: the folder of the data sets.
        labels: as ``load_labels``.

    Returns:
        posting_id (the key), title, description.

    Raises:
        GoldError: a data set isn't there, lacks a row, or holds another text than was labelled.
    """
    pools = {name: read_postings(datasets, name) for name in labels["dataset"].unique()}
    rows = [
        _checked(pools[name], name, key, row)
        for key, name, row in labels.select("key", "dataset", "row").iter_rows()
    ]
    return pl.DataFrame(rows, schema=["posting_id", "title", "description"], orient="row")


def _checked(pool: pl.DataFrame, name: str, key: str, row: int) -> tuple[str, str, str]:
    """A posting, once its text is found to be the labelled one."""
    if row >= len(pool):
        raise GoldError(f"{name} has {len(pool)} rows; expected {key} in row {row}")
    found = pool.row(row, named=True)
    if found["key"] != key:
        message = f"the text in row {row} of {name} is not the labelled one: its key is "
        raise GoldError(f"{message}{found['key']}, expected {key}")
    return found["key"], found["title"], found["description"]
