"""``xuepei recommend``: one learner's list in the terminal."""

from typing import Annotated, Final
from uuid import NAMESPACE_URL, uuid5

import typer
from rich.markup import escape

from data.cli.console import out, print_json
from recsys.rules import all_rules
from serving.cli.courses import show_section
from serving.cli.options import (
    AsJson,
    AsOf,
    Language,
    ModelBundle,
    Prices,
    Programme,
    Snapshot,
    checked,
    checked_language,
    checked_programme,
    moment_of,
)
from serving.lists import recommend
from serving.prices import read_prices
from serving.schemas.fields import Locale
from serving.schemas.recommend import RecommendAnswer, RecommendRequest
from serving.state import offline_state

app = typer.Typer(add_completion=False)

FALLBACKS: Final[dict[Locale, dict[str, str]]] = {
    "zh": {
        "anonymous": "未登录：非个性化列表",
        "unknown_learner": "未知学习者：非个性化列表",
        "personalisation_off": "已关闭个性化推荐：非个性化列表",
        "no_history": "尚无学习记录：按所填资料与本地热度推荐",
    },
    "en": {
        "anonymous": "anonymous: not a personal list",
        "unknown_learner": "unknown learner: not a personal list",
        "personalisation_off": "personalisation is off: not a personal list",
        "no_history": "no history yet: by profile and what is popular nearby",
    },
}


@app.command("recommend")
def recommend_learner(
    learner: Annotated[str, typer.Argument(help="The learner's pseudonym.")],
    snapshot: Snapshot,
    bundle: ModelBundle,
    as_of: AsOf = None,
    programme: Programme = None,
    n: Annotated[int | None, typer.Option("-n", min=1, max=100, help="Sections.")] = None,
    lang: Language = "zh",
    prices: Prices = None,
    elder: Annotated[bool, typer.Option("--elder", help="At most five, plain words.")] = False,
    as_json: AsJson = False,
) -> RecommendAnswer:
    """Show one learner's list with its reasons and what was left out."""
    locale = checked_language(lang)
    request = checked(
        RecommendRequest,
        learner_id=learner,
        programme=checked_programme(programme),
        n=n,
        elder=elder,
        locale=locale,
        explain="full" if as_json else "summary",
    )
    state = offline_state(snapshot, bundle, moment_of(as_of), read_prices(prices))
    # The same question of the same model has the same list: its id says so.
    name = f"{state.bundle.manifest.model_version}/{state.clock.now()}/{request.model_dump_json()}"
    answer = recommend(state, request, list_id=str(uuid5(NAMESPACE_URL, name)))
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(learner, answer, locale)
    return answer


def show(learner: str, answer: RecommendAnswer, locale: Locale) -> None:
    """Print a list for people."""
    meta = answer.meta
    out.print(f"[bold]{escape(learner)}[/]  [dim]{meta.policy} · {meta.as_of}[/]")
    if meta.fallback:
        out.print(f"[yellow]{FALLBACKS[locale].get(meta.fallback, meta.fallback)}[/]")
    for item in answer.items:
        show_section(item, locale)
    for warning in answer.warnings:
        out.print(f"[yellow]{escape(warning)}[/]")
    out.print(f"[dim]{excluded_in_words(answer.excluded, locale)}[/]", soft_wrap=True)


def excluded_in_words(excluded: dict[str, int], locale: Locale) -> str:
    """What was left out, most first, each rule in its own sentence."""
    counts = sorted((count, rule) for rule, count in excluded.items() if count)
    parts = [f"{_sentence(rule, locale)} {count}" for count, rule in reversed(counts)]
    if not parts:
        return "没有班次被排除" if locale == "zh" else "nothing was left out"
    head, joint = ("未列入：", "；") if locale == "zh" else ("left out: ", "; ")
    return head + joint.join(parts)


def _sentence(name: str, locale: Locale) -> str:
    rule = all_rules().get(name)
    if rule is None:
        return name
    return (rule.text_zh if locale == "zh" else rule.text_en).rstrip("。.")
