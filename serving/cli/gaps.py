"""``xuepei gaps``: which skills are short where, how surely, and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import polars as pl
import typer

from data.city import City
from data.cli.console import out, print_json, print_table, progress
from data.cli.moments import read_month
from data.cli.table_files import check_format, read_table, write_tables
from data.errors import XuepeiError
from data.store import open_snapshot
from features.demand.build import end_of
from features.demand.reading import Words
from recsys.planning.gaps.ranking import FALSE_SHARE
from recsys.planning.gaps.table import SEED, Gaps, gaps_of_city
from recsys.planning.gaps.words import LEAST_MONTHS
from serving.cli.options import AsJson, Snapshot

app = typer.Typer(add_completion=False)

SHOWN: Final = 20
"""Rows of the printed table."""

CAUSES: Final[Mapping[str, str]] = {
    "training": "培训不足",
    "pay": "工资偏低",
    "place": "路途太远",
    "extraction_doubt": "数据存疑",
    "unclear": "原因不明",
}


@app.command("gaps")
def gaps(
    snapshot: Snapshot,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            help="The last month, such as 2025-08; or a moment: then the last month over by it.",
        ),
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file.")
    ] = None,
    demand: Annotated[
        Path | None,
        typer.Option(
            help="A table that `xuepei demand` wrote, .csv or .parquet, best of all months: "
            "postings aren't read again, and what only they tell stays unknown."
        ),
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="A file for the ids of the postings behind each row.")
    ] = None,
    division: Annotated[
        list[str] | None, typer.Option(help="Only this district, 12 digits; repeatable.")
    ] = None,
    skill: Annotated[list[str] | None, typer.Option(help="Only this skill; repeatable.")] = None,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Rank the skills that are short, district by district, with evidence, cause and notes."""
    for path in (target, evidence):
        if path is not None:
            check_format(path)
    month, table = read_month(as_of), None if demand is None else read_table(demand)
    city = open_snapshot(snapshot)
    with progress() as bar:
        task = bar.add_task("reading", total=None)
        found = gaps_of_city(
            city,
            month,
            lambda step: bar.update(task, description=step),
            np.random.default_rng(SEED),
            table,
        )
        rows = _asked(found.table, division or [], skill or [])
        files = {} if target is None else {target: rows}
        if evidence is not None:
            files[evidence] = found.evidence.join(
                rows.select("division_code", "skill_id"),
                on=["division_code", "skill_id"],
                how="semi",
            )
        bar.update(task, description="writing")
        write_tables(files)
    result = _summary(found, rows, month, files)
    if as_json:
        print_json(result)
    else:
        _print(rows, result, _names(city, month))
    return result


def _asked(table: pl.DataFrame, divisions: Sequence[str], skills: Sequence[str]) -> pl.DataFrame:
    """The rows asked for, their ranks kept; one that isn't there is an error."""
    for name, values in (("division_code", divisions), ("skill_id", skills)):
        held = set(table[name].to_list())
        unknown = [value for value in values if value not in held]
        if unknown:
            few = ", ".join(table[name].unique().sort().head(5))
            message = f"the table has no {name} {unknown[0]}; it has {few}, and so on"
            raise XuepeiError(message)
        if values:
            table = table.filter(pl.col(name).is_in(list(values)))
    return table


def _summary(
    found: Gaps, rows: pl.DataFrame, month: date, files: Mapping[Path, pl.DataFrame]
) -> dict[str, Any]:
    short = rows.filter("found")
    return {
        "as_of": f"{month:%Y-%m}",
        "months": found.months,
        "rows": rows.height,
        "found": short.height,
        "false_discovery_share": FALSE_SHARE,
        "causes": dict(short["cause"].value_counts(sort=True).iter_rows()),
        "jobseekers_by": found.kind,
        "jobseekers_hidden": rows["seekers"].null_count(),
        "notes": _notes(found, rows),
        "out": [str(path) for path in files],
    }


def _notes(found: Gaps, rows: pl.DataFrame) -> list[str]:
    """What a reader should know of the whole table."""
    said: list[str] = []
    if found.months < LEAST_MONTHS:
        said.append(f"{found.months} months of postings: a ranking needs at least {LEAST_MONTHS}")
    if not found.read:
        said.append("postings were not read: days open, copies and evidence are unknown")
    if found.kind is None:
        said.append("no jobseekers are known: as many as vacancies are assumed")
    elif rows["seekers"].null_count():
        said.append(
            "jobseekers of cells with fewer than 10, and of some hidden with them, are estimated "
            "from wider totals"
        )
    return said


def _names(city: City, month: date) -> dict[str, str]:
    words = Words.of(city, end_of(month))
    names: dict[str, str] = dict(words.skills.select("skill_id", "name").iter_rows())
    if words.divisions is not None:
        names |= dict(words.divisions.select("division_code", "name").iter_rows())
    return names


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """One row as a planner reads it."""
    return {
        "排名": row["rank"],
        "区": names.get(row["division_code"], row["division_code"]),
        "技能": f"{names.get(row['skill_id'], '')} {row['skill_id']}".strip(),
        "每月需求": f"{row['need']:.1f}",
        "每月结业": f"{row['own'] + row['reachable'] + row['online']:.1f}",
        "求职者": "隐去" if row["seekers"] is None else f"{row['seekers']:.0f}",
        "缺口": f"{row['gap']:.1f}（{row['gap_low']:.1f} 至 {row['gap_high']:.1f}）",
        "概率": f"{row['probability']:.0%}" + (" *" if row["found"] else ""),
        "原因": CAUSES.get(row["cause"] or "", ""),
    }


def _print(rows: pl.DataFrame, result: Mapping[str, Any], names: Mapping[str, str]) -> None:
    out.print(
        f"{result['as_of']}：{rows.height:,} 个“区 × 技能”中认定 {result['found']} 个紧缺"
        f"（*，其中预计至多 {FALSE_SHARE:.0%} 为误报），依据 {result['months']} 个月的招聘数据"
    )
    for note in result["notes"]:
        out.print(f"[yellow]{note}[/]")
    head = rows.head(SHOWN).iter_rows(named=True)
    print_table("最可能、最大的缺口（人/月）", [_told(row, names) for row in head])
    first = rows.head(1)
    if first.height:
        out.print(f"第一行：{first['note'].item()}")
        out.print(f"[dim]{first['note_en'].item()}[/]")
    for path in result["out"]:
        out.print(f"written: {path}")
