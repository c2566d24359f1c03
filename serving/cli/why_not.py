"""``xuepei why-not``: why a learner doesn't see a section, and what would bring more."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from data.cli.console import out, print_json
from serving.cli.options import (
    AsJson,
    AsOf,
    Language,
    ModelBundle,
    Programme,
    Snapshot,
    checked,
    checked_language,
    checked_programme,
    moment_of,
)
from serving.cli.recommend import excluded_in_words
from serving.questions import relaxations, why_not
from serving.schemas.fields import Locale
from serving.schemas.why_not import (
    ListAsked,
    RelaxationsAnswer,
    WhyNotAnswer,
    WhyNotRequest,
)
from serving.state import offline_state

app = typer.Typer(add_completion=False)


@app.command("why-not")
def why_not_section(
    learner: Annotated[str, typer.Argument(help="The learner's pseudonym.")],
    snapshot: Snapshot,
    bundle: ModelBundle,
    section: Annotated[
        str | None,
        typer.Argument(help="The section asked about; left out, what would bring more in."),
    ] = None,
    as_of: AsOf = None,
    programme: Programme = None,
    circle: Annotated[
        float | None, typer.Option("--circle", min=0, help="Longest journey, minutes one way.")
    ] = None,
    free: Annotated[
        str | None, typer.Option("--free", help="The only free slots, such as 1E,3E.")
    ] = None,
    lang: Language = "zh",
    as_json: AsJson = False,
) -> WhyNotAnswer | RelaxationsAnswer:
    """Say which rule left a section out of a learner's list, and what would bring more in."""
    asked: dict[str, Any] = {
        "learner_id": learner,
        "programme": checked_programme(programme),
        "context": _context(circle, free),
        "locale": checked_language(lang),
    }
    state = offline_state(snapshot, bundle, moment_of(as_of))
    answer = (
        relaxations(state, checked(ListAsked, **asked))
        if section is None
        else why_not(state, checked(WhyNotRequest, section_id=section, **asked))
    )
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(answer, checked_language(lang))
    return answer


def _context(circle: float | None, free: str | None) -> dict[str, Any]:
    """The limits stated on the command line."""
    stated = {"circle_min": circle, "free_slots": None if free is None else free.split(",")}
    return {name: value for name, value in stated.items() if value is not None}


def show(answer: WhyNotAnswer | RelaxationsAnswer, locale: Locale) -> None:
    """Print the answer for people."""
    if isinstance(answer, WhyNotAnswer):
        _show_section(answer)
    else:
        out.print(f"[dim]{excluded_in_words(answer.excluded, locale)}[/]", soft_wrap=True)
    for warning in answer.warnings:
        out.print(f"[yellow]{escape(warning)}[/]")
    for gain in answer.gains:
        steps = "  ".join(f"+{more}: {sections}" for more, sections in gain.steps.items())
        out.print(f"+ {escape(gain.text)}" + (f" [dim]({steps})[/]" if steps else ""))
    if not answer.gains and not isinstance(answer, WhyNotAnswer):
        nothing = {
            "zh": "放宽限制也不会有更多班次。",
            "en": "No wider limit would bring more.",
        }
        out.print(nothing[locale])


def _show_section(answer: WhyNotAnswer) -> None:
    """What became of one section, and what would bring it in."""
    also = f" [dim](+ {', '.join(answer.also)})[/]" if answer.also else ""
    rule = f"[yellow]{answer.rule}[/]{also} " if answer.rule else ""
    out.print(f"[bold]{escape(answer.title)}[/] [dim]{escape(answer.section_id)}[/]")
    out.print(f"{rule}{escape(answer.text)}", soft_wrap=True)
    for relaxation in answer.relaxations:
        out.print(f"→ {escape(relaxation.text)}")
