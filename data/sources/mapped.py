"""From a sheet to the rows of one contract table, by a mapping's rule."""

from collections.abc import Sequence

import polars as pl
import polars.selectors as cs

from data.errors import MappingError
from data.sources.mapping import TableRule
from data.sources.raw import ROW, Note, RawTable, Refusal
from data.sources.shaping import only_ids_marked, without_faults
from data.sources.sheet import Sheet, refuse_rows
from data.sources.steps import constant_text, outcome

_FAILED = "__failed__"


def apply_rule(sheet: Sheet, rule: TableRule) -> RawTable:
    """The rows one rule makes of a sheet.

    A row with a value that a step can't turn is refused under ``mapping_value``. With
    ``distinct``, source rows that say the same are one row of the table, and a row that says
    something else of a known key is refused under ``distinct_conflict``.

    Args:
        sheet: holds every source column the rule names.
        rule: a rule of a checked mapping.

    Raises:
        MappingError: a step doesn't suit the type of its column, such as splitting a date.
    """
    kept, faulty = without_faults(sheet, _used(rule))
    try:
        made, refused = _made(kept, sheet.file, rule)
    except pl.exceptions.PolarsError as error:
        message = f"{sheet.file}: the mapping to {rule.table} doesn't suit the columns: {error}"
        raise MappingError(message) from error
    notes = [*sheet.notes, *_notes(sheet, rule)]
    if rule.distinct:
        source_rows = made.height
        made, conflicts = _distinct(made, sheet.file, rule)
        refused = pl.concat([refused, conflicts])
        notes.append(_distinct_note(source_rows, made.height, rule))
    return RawTable(
        table=rule.table,
        file=sheet.file,
        frame=only_ids_marked(made, rule.table),
        rejected=pl.concat([sheet.rejected, faulty, refused]),
        notes=tuple(notes),
    )


def _used(rule: TableRule) -> dict[str, list[str]]:
    """The contract columns that each source column feeds."""
    used: dict[str, list[str]] = {}
    for name, column in rule.columns.items():
        for source in column.sources():
            used.setdefault(source, []).append(name)
    return used


def _made(source: pl.DataFrame, file: str, rule: TableRule) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The contract's columns, and the source rows that a step couldn't turn."""
    source = source.with_columns(cs.enum().cast(pl.String))
    types = dict(source.schema)
    outcomes = {name: outcome(column, types) for name, column in rule.columns.items()}
    values = [each.value.alias(name) for name, each in outcomes.items()]
    first_failed = pl.coalesce(
        [pl.when(each.failed).then(pl.lit(name)) for name, each in outcomes.items()]
    )
    made = source.select(ROW, *values, first_failed.alias(_FAILED))
    failed = made[_FAILED]
    columns = failed.drop_nulls().unique(maintain_order=True).to_list()
    refused = [
        refuse_rows(source.filter(failed == name), file, _unmapped(name, rule)) for name in columns
    ]
    good = made.filter(failed.is_null()).drop(_FAILED)
    return good, pl.concat([source.clear().pipe(refuse_rows, file, _unmapped("", rule)), *refused])


def _unmapped(column: str, rule: TableRule) -> Refusal:
    sources = "、".join(rule.columns[column].sources()) if column else ""
    return Refusal(
        "mapping_value",
        column,
        f"{sources} 的值在映射文件中没有对应的 {column}",
        f"the mapping has no {column} for the value of {sources}",
    )


def _distinct(made: pl.DataFrame, file: str, rule: TableRule) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per key; rows that differ from their key's first row are refused."""
    values = [name for name in made.columns if name != ROW]
    different = made.unique(subset=values, keep="first", maintain_order=True)
    first = different.select(pl.struct(rule.distinct).is_first_distinct()).to_series()
    keys = ", ".join(rule.distinct)
    refusal = Refusal(
        "distinct_conflict",
        rule.distinct[0],
        f"同一 {keys} 的其他内容与先出现的行不一致",
        f"says something else of the same {keys} than an earlier row",
    )
    return different.filter(first), refuse_rows(different.filter(~first), file, refusal)


def _distinct_note(source_rows: int, entities: int, rule: TableRule) -> Note:
    keys = ", ".join(rule.distinct)
    return Note(
        "distinct",
        f"{source_rows} 行按 {keys} 去重得到 {entities} 条",
        f"{source_rows} source rows hold {entities} distinct {keys}",
    )


def _notes(sheet: Sheet, rule: TableRule) -> Sequence[Note]:
    constants = [
        f"{name} = {constant_text(column.constant)}"
        for name, column in rule.columns.items()
        if column.constant is not None
    ]
    used = _used(rule)
    ignored = [name for name in sheet.columns if name not in used]
    notes: list[Note] = []
    if constants:
        listed = "，".join(constants)
        notes.append(Note("constant", f"映射给定的常量：{listed}", f"constants: {listed}"))
    if ignored:
        listed = "，".join(ignored)
        notes.append(Note("ignored", f"未使用的列：{listed}", f"columns not used: {listed}"))
    return notes
