"""Results as they are committed: a document, and the tables between the marks of a page."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A page whose tables a program writes.

    Attributes:
        file: of Markdown.
        begin: the line before the tables.
        end: the line after them.
    """

    file: Path
    begin: str = "<!-- results: written by run.py -->"
    end: str = "<!-- end of results -->"

    def fill(self, tables: str) -> None:
        """Put tables between the marks, in place of what stood there.

        Raises:
            ValueError: the page lacks a mark.
        """
        before, begin, rest = self.file.read_text(encoding="utf-8").partition(self.begin)
        _, end, after = rest.partition(self.end)
        if not (begin and end):
            message = f"{self.file} must hold the lines {self.begin!r} and {self.end!r}"
            raise ValueError(message)
        text = f"{before}{self.begin}\n{tables}\n{self.end}{after}"
        self.file.write_text(text, encoding="utf-8")


def write_document(file: Path, document: Mapping[str, Any]) -> None:
    """Write results as JSON; a figure that is not a number is refused."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", encoding="utf-8")


def versions_of(libraries: Sequence[str]) -> dict[str, str | None]:
    """Python's version and those of libraries; None for one that isn't installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in libraries:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
