"""``xuepei learners``: whom to invite to a section, or for planners counts only."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from data.cli.console import out, print_json, print_table, progress
from data.errors import XuepeiError
from recsys.pipeline.benefit import Done
from serving.cli.options import AsJson, AsOf, ModelBundle, Snapshot, moment_of
from serving.discovery import learners_for, reach_of
from serving.schemas.discovery import AudienceAnswer, ReachAnswer
from serving.state import State, offline_state

app = typer.Typer(add_completion=False)

Answer = TypeVar("Answer")

MEASURES = {
    "probability": "probability of applying once the section is shown",
    "standardised": "standardised over the eligible learners, 0 is their mean",
}
SHOWN = 50
"""Learners listed when nobody says how many."""


@app.command("learners")
def learners_of_section(
    section: Annotated[str, typer.Argument(help="The section to fill.")],
    snapshot: Snapshot,
    bundle: ModelBundle,
    as_of: AsOf = None,
    n: Annotated[
        int | None, typer.Option("-n", min=1, max=1000, help=f"Learners; left out, {SHOWN}.")
    ] = None,
    aggregate: Annotated[
        bool,
        typer.Option(
            "--aggregate",
            help="For planners: only counts of all eligible learners by age band and town, no "
            "cell of fewer than ten.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> AudienceAnswer | ReachAnswer:
    """Show the learners who would benefit most from a section.

    The list holds pseudonyms, for the institution's own invitation only;
    planners use --aggregate. Only learners who allow personalisation (under
    14 with their guardian's consent) are in either, and every hard rule holds
    for each: window, seats, age, access, prerequisites, timetable, travel.
    """
    if aggregate and n is not None:
        message = "-n is the length of the list; --aggregate counts all who are eligible"
        raise XuepeiError(message)
    state = offline_state(snapshot, bundle, moment_of(as_of))
    if aggregate:
        counts = _watched(state, lambda done: reach_of(state, section, done=done))
        _tell(counts, show_reach, as_json=as_json)
        return counts
    found = _watched(state, lambda done: learners_for(state, section, n=n or SHOWN, done=done))
    _tell(found, show_audience, as_json=as_json)
    return found


def _watched(state: State, answer: Callable[[Done], Answer]) -> Answer:
    """An answer with a bar of the learners judged."""
    learners = int(state.recommender.profiles.register["personalised"].sum())
    with progress() as bar:
        task = bar.add_task("learners", total=learners)
        return answer(lambda count: bar.advance(task, count))


AnswerT = TypeVar("AnswerT", AudienceAnswer, ReachAnswer)


def _tell(answer: AnswerT, show: Callable[[AnswerT], None], *, as_json: bool) -> None:
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(answer)


def show_audience(answer: AudienceAnswer) -> None:
    """Print the learners for people."""
    head = f"[bold]{escape(answer.title)}[/] [dim]{escape(answer.section_id)}[/]"
    out.print(f"{head}  {answer.eligible:,} of {answer.asked:,} consenting learners may take it")
    rows = [
        {"rank": each.rank, "learner_id": each.learner_id, "benefit": each.benefit}
        for each in answer.learners
    ]
    if rows:
        print_table("to invite", rows)
        out.print(f"[dim]benefit: {MEASURES[answer.measure]}[/]")
    kept_out = ", ".join(f"{rule} {count:,}" for rule, count in answer.excluded.items())
    out.print(f"[dim]kept out, by rule (fewer than ten not told): {kept_out or 'none'}[/]")


def show_reach(answer: ReachAnswer) -> None:
    """Print the counts for people."""
    out.print(f"[bold]{escape(answer.title)}[/] [dim]{escape(answer.section_id)}[/]")
    rows = [
        {
            "age band": cell.age_band,
            "town": cell.town or cell.town_code or "not known",
            "learners": cell.learners,
            "mean benefit": cell.benefit,
        }
        for cell in answer.cells
    ]
    if rows:
        print_table("eligible learners", rows)
        out.print(f"[dim]benefit: {MEASURES[answer.measure]}[/]")
    others = "none, or fewer than ten" if answer.others is None else f"{answer.others:,}"
    out.print(f"[dim]in cells of fewer than ten: {others}[/]")
