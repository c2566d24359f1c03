"""A report as a folder of files: the page, a workbook, JSON, and a CSV for each table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from data.cli.table_files import Sheet, write_csv, write_workbook
from data.errors import XuepeiError
from data.folder import replaced
from serving.reports.page import page_of
from serving.reports.report import Report
from serving.reports.tables import Table
from serving.reports.words import Label, Lang, word

PAGE: Final = "report.html"
WORKBOOK: Final = "report.xlsx"
DOCUMENT: Final = "report.json"
TABLES: Final = "tables"

ABOUT: Final = Label("说明", "about")


def write_reports(out: Path, reports: Mapping[str, Report], index: str | None = None) -> None:
    """Write all the reports or none.

    A folder that holds something is replaced when it holds reports, and refused otherwise.

    Args:
        out: the folder.
        reports: by the name of their folder inside; under ``""`` the one that fills ``out``.
        index: a page that leads to several of them.

    Raises:
        XuepeiError: ``out`` holds something else, or can't be written.
    """
    if out.is_dir() and any(out.iterdir()) and not _ours(out):
        message = f"{out} holds something else than reports; choose another folder"
        raise XuepeiError(message)
    try:
        replaced(out, lambda fresh: _fill(fresh, reports, index), force=True)
    except OSError as error:
        message = f"{out} can't be written: {error}"
        raise XuepeiError(message) from error


def _ours(out: Path) -> bool:
    """Whether the folder was written here: it may then be replaced."""
    return (out / DOCUMENT).is_file() or any(out.glob(f"*/{DOCUMENT}"))


def _fill(fresh: Path, reports: Mapping[str, Report], index: str | None) -> None:
    for name, report in reports.items():
        _write(fresh / name, report)
    if index is not None:
        (fresh / "index.html").write_text(index, encoding="utf-8")


def _write(folder: Path, report: Report) -> None:
    (folder / TABLES).mkdir(parents=True)
    tables = list(report.tables)
    (folder / PAGE).write_text(page_of(report), encoding="utf-8")
    document = json.dumps(document_of(report), ensure_ascii=False, indent=1, default=str)
    (folder / DOCUMENT).write_text(document + "\n", encoding="utf-8")
    for table in tables:
        write_csv(_flat(table.frame), folder / TABLES / f"{table.key}.csv")
    write_workbook(folder / WORKBOOK, [_about(report), *(_sheet(it, report.lang) for it in tables)])


def document_of(report: Report) -> dict[str, Any]:
    """The report for programs: figures as they are, a null where none may be told or is known."""
    lang = report.lang
    return {
        "kind": report.kind,
        "title": report.title.of(lang),
        "lang": lang,
        "facts": {name.of(lang): value for name, value in report.facts},
        "sections": [
            {
                "key": section.key,
                "title": section.title.of(lang),
                "text": [words.of(lang) for words in section.said],
                "absent": section.absent,
                "tables": [exhibit.table.key for exhibit in section.exhibits],
            }
            for section in report.sections
        ],
        "tables": {table.key: _table_of(table, lang) for table in report.tables},
        "notes": [note.of(lang) for note in report.notes],
    }


def _table_of(table: Table, lang: Lang) -> dict[str, Any]:
    return {
        "title": table.title.of(lang),
        "columns": {name: word(name).of(lang) for name in table.frame.columns},
        "rows": table.frame.to_dicts(),
        "notes": [note.of(lang) for note in table.notes],
    }


def _about(report: Report) -> Sheet:
    """The first sheet: what the report rests on, and all that it says in words."""
    lang = report.lang
    facts = [(name.of(lang), value) for name, value in report.facts]
    said = [
        (section.title.of(lang), words.of(lang))
        for section in report.sections
        for words in section.said
    ]
    notes = [("", note.of(lang)) for note in report.notes]
    names = ["项目", "内容"] if lang == "zh" else ["item", "text"]
    rows = [(report.title.of(lang), ""), *facts, *said, *notes]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return Sheet(ABOUT.of(lang), frame, {})


def _sheet(table: Table, lang: Lang) -> Sheet:
    names = {name: word(name).of(lang) for name in table.frame.columns}
    return Sheet(table.title.of(lang), _flat(table.frame), names)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text, as neither a workbook nor CSV holds them."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(
        pl.col(name).list.eval(pl.element().cast(pl.String)).list.join("、") for name in lists
    )
