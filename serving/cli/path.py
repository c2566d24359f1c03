"""``xuepei path``: how far a learner is from an occupation, and the courses that lead there."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape

from data.cli.console import out, print_json, progress
from data.errors import XuepeiError
from data.store import open_snapshot
from features.asof import snapshot_instant
from recsys.artifact import load_bundle
from recsys.paths.planner import TIME_LIMIT_S, Planner
from recsys.pipeline.policy import shipped_policies
from recsys.pipeline.recommender import Recommender
from serving.catalogue import Catalogue
from serving.cli.options import AsJson, AsOf, Snapshot, checked, moment_of
from serving.cli.recommend import excluded_in_words
from serving.paths import Grounds, path_on
from serving.schemas.path import GapOut, PathAnswer, PathRequest, StepOut
from serving.words import minutes_in_words, price_in_words

app = typer.Typer(add_completion=False)

ORIGINS: Final = {"stated": "本次填写", "course": "学完课程", "occupation": "按现职业推定"}
LEVELS: Final = ("无", "入门", "初级", "中级", "高级", "精通")
"""Levels 0 to 5 in words: the national system counts the other way, so a number would mislead."""
LATER: Final = "later-"

SkillOption = Annotated[
    list[str] | None,
    typer.Option(
        "--skill",
        help="A skill wanted besides, as ID or ID=LEVEL (1 to 5); repeatable. Alone, the path "
        "leads to it.",
    ),
]


@app.command("path")
def path_of_learner(
    learner: Annotated[str, typer.Argument(help="The learner's pseudonym.")],
    snapshot: Snapshot,
    bundle: Annotated[
        Path | None,
        typer.Option(help="A model bundle, for its policies; left out, the shipped ones."),
    ] = None,
    occupation: Annotated[
        str | None, typer.Option(help="The occupation wanted: its code, name or an alias.")
    ] = None,
    skill: SkillOption = None,
    holds: Annotated[
        list[str] | None,
        typer.Option(
            help="A skill held, as ID or ID=LEVEL; repeatable. It goes beside the record."
        ),
    ] = None,
    max_hours: Annotated[
        float | None, typer.Option(min=0, help="At most so many class hours.")
    ] = None,
    max_terms: Annotated[int | None, typer.Option(min=1, help="In so many terms at most.")] = None,
    budget_fen: Annotated[
        int | None,
        typer.Option(min=0, help="Fees in fen; what has no price yet is then left out."),
    ] = None,
    circle: Annotated[
        float | None, typer.Option("--circle", min=0, help="Longest journey, minutes one way.")
    ] = None,
    free: Annotated[
        str | None, typer.Option("--free", help="The only free slots, such as 1E,3E.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Seconds of search.")] = TIME_LIMIT_S,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> PathAnswer:
    """Show how far a learner is from an occupation, and the courses that close the gap."""
    with progress() as bar:
        bar.add_task("planning", total=None)
        grounds = _grounds(snapshot, bundle, moment_of(as_of), seconds)
        _check_learner(grounds, learner)
        context = {"circle_min": circle, "free_slots": None if free is None else free.split(",")}
        request = checked(
            PathRequest,
            learner_id=learner,
            occupation_code=_code(grounds.planner, occupation),
            skills=_levels(grounds.planner, skill or []),
            holds=_levels(grounds.planner, holds or []),
            context={name: value for name, value in context.items() if value is not None},
            max_hours=max_hours,
            max_terms=max_terms,
            budget_fen=budget_fen,
        )
        answer = path_on(grounds, request)
    if not answer.gaps and answer.occupation_code is None:
        message = "name an occupation or a skill: the learner has told no goal that may be read"
        raise XuepeiError(message)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(learner, answer)
    return answer


def _grounds(
    snapshot: Path, bundle: Path | None, moment: datetime | None, seconds: float
) -> Grounds:
    """What the path is planned on, at a moment, the bundle's cut-off or the latest event."""
    city = open_snapshot(snapshot)
    model = None if bundle is None else load_bundle(bundle)
    as_of = moment or (snapshot_instant(city) if model is None else model.manifest.as_of)
    if as_of is None:
        message = f"{snapshot} has no events that tell its time; give --as-of"
        raise XuepeiError(message)
    policies = shipped_policies() if model is None else model.policies
    return Grounds(
        recommender=Recommender(city, as_of, {}, policies),
        planner=Planner(city, as_of, time.monotonic),
        catalogue=Catalogue.of_city(city, as_of),
        moment=as_of,
        seconds=seconds,
    )


def _check_learner(grounds: Grounds, learner: str) -> None:
    """Refuse a learner that nobody knows: the path of somebody else would be misleading."""
    if learner not in grounds.recommender.profiles:
        message = f"there is no learner {learner!r} in this snapshot at {grounds.moment}"
        raise XuepeiError(message)


def _code(planner: Planner, wanted: str | None) -> str | None:
    """The code of the occupation named.

    Raises:
        XuepeiError: there is none; names those that come near.
    """
    if wanted is None:
        return None
    code = planner.occupation(wanted)
    if code is None:
        near = [f"{it} {planner.occupations[it]}" for it in planner.near(wanted)]
        hint = f"near: {', '.join(near)}" if near else "expected a code such as 6-18-02-04"
        message = f"there is no occupation {wanted!r}; {hint}"
        raise XuepeiError(message)
    return code


def _levels(planner: Planner, given: Sequence[str]) -> list[dict[str, object]]:
    """Skills as ID or ID=LEVEL.

    Raises:
        XuepeiError: no such skill, or a level that isn't 1 to 5.
    """
    found: list[dict[str, object]] = []
    for text in given:
        skill, _, level = text.partition("=")
        if skill not in planner.skills:
            message = f"there is no skill {skill!r} in this snapshot"
            raise XuepeiError(message)
        if level and level not in ("1", "2", "3", "4", "5"):
            message = f"{text!r}: a level is 1 (entry) to 5 (master)"
            raise XuepeiError(message)
        found.append({"skill_id": skill, "level": int(level) if level else None})
    return found


def show(learner: str, answer: PathAnswer) -> None:
    """Print the distance, the path and what remains, for people."""
    goal = answer.occupation_name or "所选技能"
    code = f" [dim]{answer.occupation_code}[/]" if answer.occupation_code else ""
    out.print(f"[bold]{escape(learner)}[/] → [bold]{escape(goal)}[/]{code}  [dim]{answer.as_of}[/]")
    for warning in answer.warnings:
        out.print(f"[yellow]{escape(warning)}[/]")
    out.print(f"现在的匹配度：{_degree(answer.degree_now, at_least=bool(answer.unknown))}")
    for gap in answer.gaps:
        out.print(f"  {_gap(gap)}", soft_wrap=True)
    if answer.running:
        out.print(f"[dim]在读、未计入：{escape('、'.join(answer.running))}[/]")
    for number, step in enumerate(answer.steps, start=1):
        _show_step(number, step)
    if not answer.steps:
        out.print("没有课程能在这些条件下缩小差距。")
    _show_sum(answer)


def _show_step(number: int, step: StepOut) -> None:
    """One course on two lines: what, when and for how long; then what it closes."""
    facts = [_when(step), f"{step.hours:g} 学时"]
    if step.credits is not None:
        facts.append(f"{step.credits:g} 学分")
    if step.properties is not None:
        minutes = minutes_in_words(step.properties.travel_min, step.properties.mode, "zh")
        facts += [minutes, price_in_words(step.properties.price_fen, "zh")]
    line = " · ".join(filter(None, [step.institution_name, *facts]))
    tag = step.section_id or step.course_id
    out.print(
        f"{number:>2}  [bold]{escape(step.title)}[/]  {escape(line)}  [dim]{escape(tag)}[/]",
        soft_wrap=True,
    )
    closes = "；".join(
        f"{it.name} {LEVELS[it.level_before]}→{LEVELS[it.level_after]}" for it in step.closes
    )
    after = f"为后续课程打基础：{'、'.join(step.needed_for)}" if step.needed_for else ""
    out.print(f"    [green]{escape('；'.join(filter(None, [closes, after])))}[/]", soft_wrap=True)


def _when(step: StepOut) -> str:
    """The days and hours of a section; a later term where none is on offer."""
    section = step.properties
    if section is None:
        return f"目前未开班（此后第 {step.term.removeprefix(LATER)} 学期）"
    return f"{section.starts_on} 至 {section.ends_on} {section.when}"


def _show_sum(answer: PathAnswer) -> None:
    """What the path takes in all, where it leads, and how sure that is."""
    credits = "学分不详" if answer.credits is None else f"{answer.credits:g} 学分"
    waiting = sum(not step.on_offer for step in answer.steps)
    fees = f"已开班课程费用 {price_in_words(answer.price_fen, 'zh')}"
    if answer.steps:
        total = f"共 {len(answer.steps)} 门、{answer.hours:g} 学时、{credits}，{fees}"
        out.print(total + (f"，其中 {waiting} 门目前未开班" if waiting else ""))
    out.print(f"学完后的匹配度：{_degree(answer.degree_after, at_least=bool(answer.unknown))}")
    if answer.proven:
        out.print("[dim]已证明：在这些条件下没有更好的路径。[/]")
    else:
        bound = _degree(answer.bound, at_least=False)
        out.print(f"[dim]搜索到时停止：匹配度上限 {bound}，差 {answer.gap:.1%}。[/]")
    if answer.excluded:
        out.print(f"[dim]{excluded_in_words(answer.excluded, 'zh')}[/]", soft_wrap=True)


def _degree(degree: float | None, *, at_least: bool) -> str:
    if degree is None:
        return "未知（没有任何相关记录）"
    return f"{'至少 ' if at_least else ''}{degree:.0%}"


def _gap(gap: GapOut) -> str:
    """One skill: what is asked for, what is held and how that is known, what remains."""
    wanted = (
        f"{escape(gap.name)} [dim](重要度 {gap.importance:g})[/] 要求{LEVELS[gap.level_wanted]}"
    )
    unsure = "" if gap.level_wanted_known else "（等级不详，按入门计）"
    if gap.level_held is None:
        return f"{wanted}{unsure}，未知（无记录，按未掌握计）"
    how = ORIGINS[gap.origin or "stated"] + (f" {gap.source}" if gap.source else "")
    level = "" if gap.level_held_known else "，等级不详、按入门计"
    missing = f"，差 {gap.missing} 级" if gap.missing else "，已达到"
    return f"{wanted}{unsure}，已有{LEVELS[gap.level_held]}（{escape(how)}{level}）{missing}"
