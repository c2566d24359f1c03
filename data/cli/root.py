"""The root command: loads only the verb that was asked for."""

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any

import click
import typer
from rich.markup import escape

from data.cli.console import err
from data.errors import XuepeiError

VERB_GROUP = "xuepei.verbs"


class Verbs(click.Group):
    """Verbs by entry point, so that ``xuepei recommend`` never loads the training libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs' names, in the order of a working day."""
        return [entry.name for entry in _entries()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        for entry in _entries():
            if entry.name == cmd_name:
                app: typer.Typer = entry.load()
                command = typer.main.get_command(app)
                command.name = cmd_name
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs with the first sentence of each."""
        with formatter.section("Verbs"):
            rows = [(name, _summary(self.get_command(ctx, name))) for name in self.list_commands(ctx)]
            formatter.write_dl(rows)


def _entries() -> list[EntryPoint]:
    return list(entry_points(group=VERB_GROUP))


def _summary(command: click.Command | None) -> str:
    return command.get_short_help_str(limit=100) if command else ""


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="学配 xuepei: the right section for a learner, the missing skill for a planner.",
)
@click.version_option(version("xuepei"), prog_name="xuepei")
def cli() -> None:
    """The root of all verbs."""


def run_verb(arguments: Sequence[str]) -> Any:
    """Run a verb inside this process; errors are raised, not printed.

    Args:
        arguments: the command line after ``xuepei``.

    Returns:
        What the verb's function returned.
    """
    return cli.main(args=list(arguments), prog_name="xuepei", standalone_mode=False)


def main() -> None:
    """The console script: exit code 0, 2 for bad input, 130 when interrupted."""
    sys.exit(_exit_code(sys.argv[1:]))


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        result = run_verb(arguments)
    except XuepeiError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        return 2
    except click.exceptions.Abort:
        err.print("interrupted; nothing was changed")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        err.print("interrupted; nothing was changed")
        return 130
    return result if isinstance(result, int) else 0
