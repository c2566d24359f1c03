"""``xuepei why-not``: why a learner doesn't see a section."""

from typing import Annotated

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
from serving.questions import why_not
from serving.schemas.why_not import WhyNotAnswer, WhyNotRequest
from serving.state import offline_state

app = typer.Typer(add_completion=False)


@app.command("why-not")
def why_not_section(
    learner: Annotated[str, typer.Argument(help="The learner's pseudonym.")],
    section: Annotated[str, typer.Argument(help="The section asked about.")],
    snapshot: Snapshot,
    bundle: ModelBundle,
    as_of: AsOf = None,
    programme: Programme = None,
    lang: Language = "zh",
    as_json: AsJson = False,
) -> WhyNotAnswer:
    """Say which rule left a section out of a learner's list, and what would bring it in."""
    request = checked(
        WhyNotRequest,
        learner_id=learner,
        section_id=section,
        programme=checked_programme(programme),
        locale=checked_language(lang),
    )
    answer = why_not(offline_state(snapshot, bundle, moment_of(as_of)), request)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(answer)
    return answer


def show(answer: WhyNotAnswer) -> None:
    """Print the answer for people."""
    also = f" [dim](+ {', '.join(answer.also)})[/]" if answer.also else ""
    rule = f"[yellow]{answer.rule}[/]{also} " if answer.rule else ""
    out.print(f"[bold]{escape(answer.title)}[/] [dim]{escape(answer.section_id)}[/]")
    out.print(f"{rule}{escape(answer.text)}")
    for relaxation in answer.relaxations:
        out.print(f"→ {escape(relaxation.text)}")
