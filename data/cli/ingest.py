"""``xuepei import``: files into a snapshot, with an account of every row."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from data.cli.console import out, print_json, print_table, progress
from data.errors import SourceError
from data.glossary import glossary_rows
from data.ingest import ImportAccount, TableAccount, import_sources
from data.sources import load_mappings
from data.store import KEEP_VERSIONS, undo

app = typer.Typer(add_completion=False)

TOP_RULES = 5
"""How many of a table's rules are shown; the account holds all."""


@app.command()
def ingest(
    sources: Annotated[
        list[Path] | None, typer.Argument(metavar="SRC...", help="Files, or folders of files.")
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", help="The snapshot's folder; made if need be.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--mapping", help="A mapping file, or a shipped feed's name; repeatable."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the named tables whole.")
    ] = False,
    undo_last: Annotated[
        bool, typer.Option("--undo", help="Return to the version before the last import.")
    ] = False,
    show_glossary: Annotated[
        bool, typer.Option("--show-glossary", help="Print the Chinese headers and values.")
    ] = False,
    keep: Annotated[
        int, typer.Option("--keep", min=1, help="How many versions stay on disk.")
    ] = KEEP_VERSIONS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> Any:
    """Import files into a snapshot; rows that fail are set aside with their reasons."""
    if show_glossary:
        return _glossary(as_json=as_json)
    if snapshot is None:
        message = "--snapshot DIR is missing: say where the tables shall rest"
        raise SourceError(message)
    if undo_last:
        return _undo(snapshot, as_json=as_json)
    if not sources:
        message = "nothing to import: give files or folders before --snapshot"
        raise SourceError(message)
    account = _import(sources, snapshot, mapping or [], replace=replace, keep=keep)
    if as_json:
        print_json(account.to_dict())
    else:
        _tell(account, snapshot)
    return account


def _import(
    sources: Sequence[Path], snapshot: Path, mapping: Sequence[str], *, replace: bool, keep: int
) -> ImportAccount:
    """The import behind a progress bar."""
    now = datetime.now(UTC)  # noqa: TID251 - the command line is where the clock comes from
    loaded = load_mappings(mapping)
    with progress() as bar:
        task = bar.add_task("import", total=None)

        def step(action: str, subject: str) -> None:
            bar.update(task, description=f"{action} {escape(subject)}", advance=1)

        return import_sources(
            sources,
            snapshot,
            loaded,
            now=now,
            step=step,
            replace=replace,
            keep_versions=keep,
        )


def _undo(snapshot: Path, *, as_json: bool) -> dict[str, Any]:
    manifest = undo(snapshot)
    restored = {"snapshot_id": manifest.id, "imported_at": manifest.imported_at.isoformat()}
    if as_json:
        print_json(restored)
    else:
        out.print(f"{snapshot} is back at {manifest.id}")
    return restored


def _glossary(*, as_json: bool) -> list[dict[str, Any]]:
    rows = [row._asdict() | {"words": " ".join(row.words)} for row in glossary_rows()]
    if as_json:
        print_json(rows)
    else:
        print_table("Headers and values read in Chinese", rows)
    return rows


def _tell(account: ImportAccount, snapshot: Path) -> None:
    """Tables, refused rows by rule, and what a person should know."""
    rows = [
        {
            "table": name,
            "read": each.read,
            "kept": each.kept,
            "set aside": each.quarantined,
            "new": each.inserted,
            "total": each.total,
        }
        for name, each in account.tables.items()
    ]
    print_table(f"{snapshot} is now {account.snapshot_id}", rows)
    refused = [row for name, each in account.tables.items() for row in _refused(name, each)]
    if refused:
        print_table("Rows set aside, by first failing rule", refused)
        out.print(f"each with its line and reason: {snapshot / 'quarantine'}", markup=False)
    for change, cells in _code_changes(account).items():
        out.print(f"division codes {change}: {cells:,} cells", markup=False)
    for lack in account.features_lacking:
        out.print(f"{lack.zh} / {lack.en}", markup=False)


def _code_changes(account: ImportAccount) -> Counter[str]:
    """How many cells held a division code that was padded, mapped or given up."""
    cells: Counter[str] = Counter()
    for each in (change for table in account.division_codes.values() for change in table):
        cells["padded with zeros"] += each.cells if each.padded else 0
        cells[each.change] += each.cells if each.change != "none" else 0
    return +cells


def _refused(table: str, account: TableAccount) -> list[dict[str, Any]]:
    """A table's most frequent rules, each with its first line as an example."""
    return [
        {
            "table": table,
            "rule": rule,
            "rows": rows,
            "for example": "{file}:{row} {reason_zh}".format(**account.examples[rule]),
        }
        for rule, rows in list(account.rules.items())[:TOP_RULES]
    ]
