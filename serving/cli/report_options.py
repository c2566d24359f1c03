"""Options that the two reports share."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from data.city import City
from data.errors import XuepeiError
from serving.reports.words import Label, Lang

AsOfMonth = Annotated[
    str,
    typer.Option(
        "--as-of",
        help="The last month looked at, such as 2025-08; or a moment: then the last month over "
        "by it.",
    ),
]
ReportFolder = Annotated[
    Path,
    typer.Option("--out", help="A folder, written whole or not at all; former reports in it go."),
]
Geojson = Annotated[
    Path | None,
    typer.Option(help="The operator's own map of the districts; left out, tiles are drawn."),
]


def checked_lang(text: str) -> Lang:
    """One of the two languages.

    Raises:
        XuepeiError: neither.
    """
    if text == "zh":
        return "zh"
    if text == "en":
        return "en"
    message = f"--lang is {text!r}; expected zh or en"
    raise XuepeiError(message)


def facts_of(month: date, city: City) -> tuple[tuple[Label, str], ...]:
    """What a report rests on."""
    return (
        (Label("数据截至", "As of"), f"{month:%Y-%m}"),
        (Label("数据版本", "Snapshot"), city.snapshot_id),
    )
