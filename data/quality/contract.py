"""Contract rules through dataframely: which rows hold the contract, and which rule each breaks."""

import copy
import types
from functools import cache
from typing import Final

import dataframely as dy
import polars as pl

from data.errors import ContractError
from data.quality.faults import INDEX, Stage, faults_at, gather
from data.tables import TABLES, Contract

NULL_RULES: Final = ("nullability", "inner_nullability")


def contract_faults(table: str, frame: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """The rows that break their table's contract, but for its primary key.

    A cell that couldn't be read is already a fault: it isn't called empty as well, and rules that
    compare columns aren't judged on its row.

    Args:
        table: the contract's name.
        frame: ``row_index`` and the contract's columns in the contract's types.
        unread: faults of cells that couldn't be read.

    Returns:
        Faults, ranked: empty cells, then single values, then rules over columns.
    """
    _, failure = numbered(table).filter(frame)
    broken = failure.counts()
    if not broken:
        return gather([])
    details = failure.details()
    faults = gather(_broken(details, rule, place) for place, rule in enumerate(broken))
    row_rule = pl.col("column").is_null()
    of_columns = faults.filter(~row_rule).join(unread, on=[INDEX, "column"], how="anti")
    of_rows = faults.filter(row_rule).join(unread, on=INDEX, how="anti")
    return gather([of_columns, of_rows])


@cache
def numbered(table: str) -> type[Contract]:
    """The table's contract with a row index and without its primary key.

    Of rows with the same key the first is kept, which dataframely's own rule (all are refused)
    doesn't say; and its answer doesn't tell positions unless a column carries them.
    """
    contract = TABLES[table]
    keys = {name: copy.copy(contract.columns()[name]) for name in contract.primary_key()}
    for column in keys.values():
        column.primary_key = False
    members = {**keys, INDEX: dy.UInt32(nullable=False), "__doc__": contract.__doc__}
    made = types.new_class(
        f"Numbered{contract.__name__}", (contract,), exec_body=lambda body: body.update(members)
    )
    if not issubclass(made, Contract):
        message = f"{contract} is no contract"
        raise ContractError(message)
    return made


def _broken(details: pl.DataFrame, rule: str, place: int) -> pl.DataFrame:
    """A fault for each row that breaks one rule; a rule over columns names no column."""
    rows = details.filter(pl.col(rule) == "invalid").get_column(INDEX)
    column, _, kind = rule.partition("|")
    if not kind:
        return faults_at(rows, rule, None, Stage.ROW.rank(place))
    stage = Stage.NULLABILITY if kind in NULL_RULES else Stage.VALUE
    return faults_at(rows, rule, column, stage.rank(place))
