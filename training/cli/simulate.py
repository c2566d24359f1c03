"""``xuepei simulate``: a city with known truth, and what a model does to it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data.cli.console import out as console
from data.cli.console import print_json, print_table, progress
from data.simulate import PRESETS, Simulated, SimulationError, SimulationParams, preset, simulate
from data.simulate.calendar import cut_off

if TYPE_CHECKING:
    from data.simulate.build import Driver

app = typer.Typer()

SHOWN = (
    "term", "page", "value_over_oracle", "cold_share", "cold_available", "exposure_gini",
    "top_5_percent",
)  # fmt: skip
"""Columns of the printed table of terms; the JSON document holds all."""


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
    policy: Annotated[
        Path | None,
        typer.Option(help="A bundle trained on this city; it makes the lists of --terms terms."),
    ] = None,
    terms: Annotated[
        int | None, typer.Option(min=1, max=20, help="Terms the bundle drives, with --policy.")
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a folder in use.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> Simulated:
    """Write a simulated city with known truth: contract tables and truth/."""
    params = _params(preset_name, settings or (), policy, terms)
    with progress() as bar:
        task = bar.add_task("simulating", total=None)

        def step(name: str, number: int, total: int) -> None:
            bar.update(task, description=f"simulating {name}", completed=number - 1, total=total)

        def listed(count: int, total: int) -> None:
            bar.update(task, description=f"lists for {count:,} of {total:,} learners")

        driver = None if policy is None else _driver(policy, params, listed)
        result = simulate(params, seed, out, step, force=force, driver=driver)
    _report(result, as_json=as_json)
    return result


def _params(
    name: str, settings: Sequence[str], policy: Path | None, terms: int | None
) -> SimulationParams:
    """The preset with its settings, and the driven terms.

    Raises:
        SimulationError: only one of --policy and --terms was given.
    """
    if (policy is None) != (terms is None):
        message = "--policy and --terms go together: which bundle makes the lists of how many terms"
        raise SimulationError(message)
    return preset(name, [*settings, f"driven_terms={terms or 0}"] if terms else settings)


def _driver(path: Path, params: SimulationParams, listed: Callable[[int, int], None]) -> "Driver":
    """The bundle as the page of the driven terms.

    Raises:
        SimulationError: it was cut elsewhere, so it can't know this city's courses.
    """
    # a city without a model needs none of the scorers' libraries
    from recsys.artifact import load_bundle
    from training.loop import ModelDriver

    bundle = load_bundle(path)
    base = cut_off(params.model_copy(update={"driven_terms": 0}))
    if bundle.manifest.as_of != base:
        message = (
            f"{path} was cut at {bundle.manifest.as_of.isoformat()}, this city's open term at "
            f"{base.isoformat()}; train it on the same preset, settings and seed"
        )
        raise SimulationError(message)
    return ModelDriver(bundle, listed)


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
    print_table("the terms in truth (truth/terms.parquet)", [_line(row) for row in result.terms])
    console.print(f"lists are made at {result.as_of.isoformat()} (truth/as_of.txt)")


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN}
