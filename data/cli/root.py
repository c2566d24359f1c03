"""The root command: finds the verb that was asked for, and loads only that one."""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table
from typer.exceptions import TyperException

from data.cli.console import err, out
from data.errors import XuepeiError

VERB_GROUP = "xuepei.verbs"
ABOUT = "学配 xuepei: the right section for a learner, the missing skill for a planner."

BAD_INPUT = 2
INTERRUPTED = 130


def run_verb(arguments: Sequence[str]) -> Any:
    """Run one verb inside this process; errors are raised, not printed.

    Args:
        arguments: the command line after ``xuepei``, the verb first.

    Returns:
        What the verb's function returned.

    Raises:
        XuepeiError: bad input, an unknown verb among it.
    """
    name, *rest = arguments
    command = typer.main.get_command(_entry(name).load())
    return command.main(args=rest, prog_name=f"xuepei {name}", standalone_mode=False)


def main() -> None:
    """The console script: exit code 0, 2 for bad input, 130 when interrupted."""
    sys.exit(answer(sys.argv[1:]))


def answer(arguments: Sequence[str]) -> int:
    """Answer one command line; returns the exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        _print_verbs()
        return 0
    if arguments[0] == "--version":
        out.print(f"xuepei {version('xuepei')}")
        return 0
    return _guarded(arguments)


def _guarded(arguments: Sequence[str]) -> int:
    """Run a verb; what it raises becomes a message and an exit code."""
    try:
        result = run_verb(arguments)
    except XuepeiError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        return BAD_INPUT
    except TyperException as error:
        err.print(f"[bold red]error:[/] {escape(error.format_message())}", soft_wrap=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        err.print("interrupted; nothing was changed")
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _entries() -> dict[str, EntryPoint]:
    """The installed verbs by name, in alphabetical order."""
    return {entry.name: entry for entry in sorted(entry_points(group=VERB_GROUP))}


def _entry(name: str) -> EntryPoint:
    entries = _entries()
    if name in entries:
        return entries[name]
    near = get_close_matches(name, entries, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "the verbs are " + ", ".join(entries)
    message = f"there is no verb {name!r}; {hint}"
    raise XuepeiError(message)


def _print_verbs() -> None:
    table = Table.grid(padding=(0, 3))
    for name, entry in _entries().items():
        table.add_row(f"  {name}", typer.main.get_command(entry.load()).get_short_help_str(88))
    out.print(f"{ABOUT}\n\nUsage: xuepei VERB [ARGUMENTS]   (xuepei VERB --help explains one)\n")
    out.print(table)
