"""``xuepei similar``: courses like a course, each with its best open section."""

from typing import Annotated

import typer
from rich.markup import escape

from data.cli.console import out, print_json
from serving.cli.courses import show_section
from serving.cli.options import (
    AsJson,
    AsOf,
    Language,
    ModelBundle,
    Programme,
    Snapshot,
    checked_language,
    checked_programme,
    moment_of,
)
from serving.cli.recommend import excluded_in_words
from serving.discovery import similar
from serving.schemas.discovery import SimilarAnswer
from serving.schemas.fields import Locale
from serving.state import offline_state

app = typer.Typer(add_completion=False)


@app.command("similar")
def similar_courses(
    wanted: Annotated[
        str, typer.Argument(metavar="SECTION_OR_COURSE", help="The id of a section or a course.")
    ],
    snapshot: Snapshot,
    bundle: ModelBundle,
    as_of: AsOf = None,
    n: Annotated[int, typer.Option("-n", min=1, max=100, help="Courses.")] = 10,
    learner: Annotated[
        str | None,
        typer.Option(
            help="A learner's pseudonym: every rule then holds for this learner. Left out, "
            "nothing personal is read."
        ),
    ] = None,
    programme: Programme = None,
    lang: Language = "zh",
    as_json: AsJson = False,
) -> SimilarAnswer:
    """Show courses like this one that are open now, and why they are alike.

    Alike are courses that the same people took, that teach the same skills,
    or whose descriptions read alike. A course about which nothing of this can
    truthfully be said isn't listed, so there may be fewer than asked for.
    """
    locale = checked_language(lang)
    state = offline_state(snapshot, bundle, moment_of(as_of))
    answer = similar(
        state,
        wanted,
        learner_id=learner,
        programme=checked_programme(programme),
        n=n,
        locale=locale,
    )
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(answer, locale)
    return answer


def show(answer: SimilarAnswer, locale: Locale) -> None:
    """Print the courses for people."""
    head = "与这门课程相近" if locale == "zh" else "courses like"
    out.print(f"{head}  [bold]{escape(answer.title)}[/]  [dim]{escape(answer.course_id)}[/]")
    if answer.fallback == "unknown_learner":
        words = (
            "未知学习者：未按个人条件筛选" if locale == "zh" else "unknown learner: not personal"
        )
        out.print(f"[yellow]{words}[/]")
    if not answer.items:
        none = "目前没有可以报名的相近课程" if locale == "zh" else "no course like it is open now"
        out.print(f"[yellow]{none}[/]")
    for item in answer.items:
        show_section(item, locale, with_id=True)
    out.print(f"[dim]{excluded_in_words(answer.excluded, locale)}[/]", soft_wrap=True)
