"""Options that the verbs of this package share."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from data.cli.moments import read_moment
from data.errors import XuepeiError
from data.vocab import PROGRAMMES
from serving.schemas.fields import Locale, Wire
from serving.validation import field_problems

_Model = TypeVar("_Model", bound=Wire)

Snapshot = Annotated[Path, typer.Option("--snapshot", help="The snapshot folder.")]
ModelBundle = Annotated[Path, typer.Option("--bundle", help="The model bundle.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="The moment of the decision, ISO 8601 with offset or a day; "
        "left out, the bundle's cut-off.",
    ),
]
Programme = Annotated[
    str | None,
    typer.Option(
        "--programme", help=f"One of {', '.join(PROGRAMMES)}; left out, all are on offer."
    ),
]
Language = Annotated[str, typer.Option("--lang", help="zh or en.")]
Prices = Annotated[
    Path | None,
    typer.Option(
        help="Prices of contested seats, .csv or .parquet: section_id, price in units of the "
        "score; a section stands back by its price."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]


def moment_of(text: str | None) -> datetime | None:
    """The moment that ``--as-of`` names; None when it was left out."""
    return None if text is None else read_moment(text)


def checked_programme(name: str | None) -> str | None:
    """A programme of the vocabulary, or none.

    Raises:
        XuepeiError: there is no such programme; lists those there are.
    """
    if name is not None and name not in PROGRAMMES:
        message = f"there is no programme {name!r}; there are {', '.join(PROGRAMMES)}"
        raise XuepeiError(message)
    return name


def checked_language(name: str) -> Locale:
    """A language that the product speaks.

    Raises:
        XuepeiError: any other language.
    """
    match name:
        case "zh" | "en":
            return name
        case _:
            message = f"there is no language {name!r}; there are zh and en"
            raise XuepeiError(message)


def checked(model: type[_Model], **fields: Any) -> _Model:
    """A wire model of these fields.

    Raises:
        XuepeiError: a field can't be used; says which and what would be right.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = field_problems(error.errors(include_input=False), model)
        raise XuepeiError("; ".join(f"{f.path}: {f.expected}" for f in faults)) from None
