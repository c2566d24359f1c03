"""Options that the verbs of this package share."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.cli.moments import read_moment

Snapshot = Annotated[Path, typer.Option("--snapshot", help="The snapshot folder.")]
AsOf = Annotated[
    str, typer.Option("--as-of", help="The cut-off: ISO 8601 with offset, or a day of the city.")
]
Seed = Annotated[int, typer.Option(min=0, help="Of every random choice.")]
Track = Annotated[
    bool, typer.Option("--track/--no-track", help="Whether to keep the run for comparison.")
]
TrackingFile = Annotated[
    Path,
    typer.Option(
        "--tracking-file",
        help="SQLite file of tracked runs; MLFLOW_TRACKING_URI names a server instead.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]


def moment_of(text: str | None) -> datetime | None:
    """The moment an option names; None when it was left out."""
    return None if text is None else read_moment(text)
