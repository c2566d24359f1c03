"""Terminal output shared by the verbs: tables, progress bars, JSON."""

import json
import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

_PIPED_WIDTH = 140

out = Console(
    highlight=False,
    width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH,
)
"""What the verb was asked for; wide enough for its tables where it goes into a file."""

err = Console(stderr=True, highlight=False)
"""Progress and errors, kept apart so that output can be piped."""


@contextmanager
def progress() -> Generator[Progress]:
    """A progress bar on stderr that disappears when the work is done."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    with bar:
        yield bar


def print_json(value: object) -> None:
    """One JSON document on stdout, Chinese as it is."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def print_table(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of equal keys as a table; numbers to the right."""
    table = Table(title=title, title_justify="left")
    for name, value in rows[0].items() if rows else ():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*[_cell(value) for value in row.values()])
    out.print(table)


def _cell(value: object) -> str:
    """Four decimals for small numbers, one for larger, thousands apart for whole ones."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 10 else f"{value:,.1f}"
    return str(value)
