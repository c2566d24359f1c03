"""``xuepei popular``: what an area takes up, the same for everybody who lives there."""

from typing import Annotated

import typer

from data.cli.console import out, print_json
from data.vocab import AGE_BANDS
from recsys.pipeline.popular import Area
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
from serving.discovery import popular_in
from serving.schemas.discovery import PopularAnswer
from serving.schemas.fields import Locale
from serving.state import offline_state

app = typer.Typer(add_completion=False)


@app.command("popular")
def popular_courses(
    area: Annotated[
        str,
        typer.Option(
            help="12-digit division code; a town or village counts as its district, the city's "
            "own code asks for the whole city."
        ),
    ],
    snapshot: Snapshot,
    bundle: ModelBundle,
    as_of: AsOf = None,
    age_band: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(AGE_BANDS)}; left out, all ages.")
    ] = None,
    programme: Programme = None,
    n: Annotated[int, typer.Option("-n", min=1, max=100, help="Courses.")] = 10,
    elder: Annotated[bool, typer.Option("--elder", help="At most five, plain words.")] = False,
    lang: Language = "zh",
    as_json: AsJson = False,
) -> PopularAnswer:
    """Show the open courses that an area has lately taken up most.

    Nobody's record is read: everybody of an area and age band gets the same
    list. Numbers of people are told from ten.
    """
    locale = checked_language(lang)
    state = offline_state(snapshot, bundle, moment_of(as_of))
    answer = popular_in(
        state,
        Area(area, age_band),
        programme=checked_programme(programme),
        n=n,
        elder=elder,
        locale=locale,
    )
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(answer, locale)
    return answer


def show(answer: PopularAnswer, locale: Locale) -> None:
    """Print the courses for people."""
    head = "近期热门" if locale == "zh" else "popular lately"
    where = answer.district_code or answer.area
    out.print(" ".join(filter(None, (f"[bold]{head}[/]", where, answer.age_band))))
    for item in answer.items:
        show_section(item, locale, with_id=True)
    out.print(f"[dim]{excluded_in_words(answer.excluded, locale)}[/]", soft_wrap=True)
