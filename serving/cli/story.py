"""A story told in the terminal by public verbs: chapter by chapter, each command shown."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.markup import escape
from rich.rule import Rule

from data.cli import run_verb
from data.cli.console import out


class Story:
    """Chapters of a demonstration, with the time its own work took."""

    def __init__(self) -> None:
        self._chapter = 0
        self._began = perf_counter()

    def chapter(self, title: str, text: str = "") -> None:
        """Begin the next chapter."""
        self._chapter += 1
        out.print()
        out.print(Rule(f"[bold]{self._chapter}  {escape(title)}[/]", align="left"))
        if text:
            out.print(text, markup=False)

    def verb(self, *arguments: str | Path) -> Any:
        """Show a command as a person would type it, run it, and return what it returned."""
        words = [str(argument) for argument in arguments]
        out.print(f"[green]$ xuepei {escape(shlex.join(words))}[/]", soft_wrap=True)
        return run_verb(words)

    def tell(self, *lines: str) -> None:
        """Plain lines."""
        for line in lines:
            out.print(line, markup=False, soft_wrap=True)

    def seconds(self) -> float:
        """Wall seconds since the story began."""
        return perf_counter() - self._began


def serve_hint(snapshot: Path, bundle: Path, learner: str) -> Sequence[str]:
    """How to ask the same through the API."""
    body = f'{{"learner_id": "{learner}", "n": 5, "explain": "summary"}}'
    return (
        f"$ .venv/bin/xuepei serve --snapshot {snapshot} --bundle {bundle} --port 8000",
        "$ curl -s localhost:8000/v1/recommend -H 'content-type: application/json' \\",
        f"       -d '{body}'",
        "The API describes itself at http://localhost:8000/docs",
    )
