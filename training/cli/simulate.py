"""``xuepei simulate``: a first city, so that nothing has to be downloaded."""

from pathlib import Path
from typing import Annotated

import typer

from data.cli.console import out as console
from data.cli.console import print_json, print_table, progress
from data.simulate import PRESETS, Simulated, preset, simulate

app = typer.Typer()


@app.command()
def main(
    out: Annotated[Path, typer.Option(help="New or empty folder for the tables and truth/.")],
    preset_name: Annotated[
        str, typer.Option("--preset", help=f"One of {', '.join(PRESETS)}.")
    ] = "tiny",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 1,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Parameter as name=value; repeatable.")
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a folder in use.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> Simulated:
    """Write a simulated city with known truth: contract tables and truth/."""
    params = preset(preset_name, settings or ())
    with progress() as bar:
        task = bar.add_task("simulating", total=None)

        def step(name: str, number: int, total: int) -> None:
            bar.update(task, description=f"simulating {name}", completed=number - 1, total=total)

        result = simulate(params, seed, out, step, force=force)
    _report(result, as_json=as_json)
    return result


def _report(result: Simulated, *, as_json: bool) -> None:
    """What was written."""
    if as_json:
        print_json(result.to_dict())
        return
    rows = [
        {"table": table, "rows": count, "of which bad": result.bad_rows.get(table, 0)}
        for table, count in result.rows.items()
    ]
    print_table(f"simulated city in {result.out}", rows)
    console.print(f"lists are made at {result.as_of.isoformat()} (truth/as_of.txt)")
