"""Job advertisements for vacancies: texts in which extraction has something to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import cut_off
from data.simulate.gather import pick
from data.simulate.labour.market import Labour
from data.simulate.params import SimulationParams
from data.simulate.place.names import COMPANY_WORDS, STEMS
from data.simulate.place.places import Map
from data.simulate.topics import skills
from data.vocab import CITY_TIME
from data.vocabulary import builtin

T = TypeVar("T")

BOARDS: Final = ("board-a", "board-b", "board-c")
COMPANY_KINDS: Final = (
    "科技有限公司",
    "制造有限公司",
    "商贸有限公司",
    "服务有限公司",
    "餐饮管理有限公司",
)
EXPERIENCES: Final = ("none", "lt1", "1-3", "3-5", "5-10")
EDUCATIONS: Final = (
    "junior_secondary",
    "senior_secondary",
    "secondary_vocational",
    "associate",
    "bachelor",
)
DUTIES: Final = (
    "负责{a}及相关工作",
    "承担日常{a}任务，配合班组完成{b}",
    "按流程完成{a}，记录并反馈问题",
    "主要从事{a}",
)
WANTS: Final = ("熟练掌握{list}", "会{list}者优先", "熟悉{list}", "具备{list}能力", "有{list}经验")
NEGATIONS: Final = ("不要求会{x}", "无需{x}经验，公司提供带教", "不涉及{x}", "非{x}岗位")
BOILERPLATE: Final = (
    "公司主营{x}设备与服务，客户遍布长三角，团队年轻，氛围轻松。",
    "我司旗下{x}品牌连续五年增长，提供五险一金、节日福利。",
    "公司以{x}起家，现有员工两百余人，包吃住，有班车。",
    "我们是一家提供{x}解决方案的企业，双休，年底双薪。",
)
WELFARE: Final = ("五险一金", "包吃住", "双休", "带薪年假", "年终奖", "节日福利", "餐补", "班车")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an occupation's advertisements speak of.

    Attributes:
        titles: the occupation's aliases, or its name.
        words: names and aliases of each skill tied to it, the most important first.
        level: mean level of those skills, 1 to 5.
    """

    titles: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    level: float


def posting_rows(
    params: SimulationParams, labour: Labour, city: Map, rng: np.random.Generator
) -> pl.DataFrame:
    """The contract table ``postings``: one advertisement per vacancy, some reposted elsewhere."""
    month, district, occupation = np.indices(labour.vacancies.shape).reshape(3, -1)
    cell = np.repeat(np.arange(len(month)), labour.vacancies.ravel())
    again = np.flatnonzero(rng.random(len(cell)) < params.repost_share)
    written = _written(labour, city, month[cell], district[cell], occupation[cell], rng)
    copied = _reposted(written[again], rng)
    frame = pl.concat([written, copied]).filter(pl.col("posted_on") <= _today(params))
    order = frame.select(pl.arg_sort_by("posted_on", "title", "source")).to_series()
    frame = frame[order]
    return frame.with_columns(
        pl.Series("posting_id", [f"posting-{number:07d}" for number in range(frame.height)])
    )


def _today(params: SimulationParams) -> date:
    return cut_off(params).astimezone(CITY_TIME).date()


def _written(
    labour: Labour,
    city: Map,
    month: NDArray[np.int64],
    district: NDArray[np.int64],
    occupation: NDArray[np.int64],
    rng: np.random.Generator,
) -> pl.DataFrame:
    n = len(month)
    wanted = pick(_wanted(), occupation)
    places = pick(city.districts, district)
    posted = _later(pl.Series(labour.months).gather(month), pl.Series(rng.integers(0, 28, n)))
    open_days = pl.Series(rng.integers(10, 75, n))
    return pl.DataFrame(
        {
            "source": pick(BOARDS, rng.integers(0, len(BOARDS), n)),
            "title": [_one(row.titles, rng) for row in wanted],
            "company": _companies(city, district, rng),
            "division_code": [place.division_code for place in places],
            "area_text": [f"杭州-{place.name}" for place in places],
            "salary_raw": [_salary(row.level, rng) for row in wanted],
            "headcount": pl.Series([_headcount(draw) for draw in rng.random(n)], dtype=pl.Int64),
            "experience": _leveled(EXPERIENCES, wanted, rng),
            "education": _leveled(EDUCATIONS, wanted, rng),
            "description": [_description(row, rng) for row in wanted],
            "tags": pl.Series([_tags(row, rng) for row in wanted], dtype=pl.List(pl.String)),
            "posted_on": posted,
            "refreshed_on": _later(posted, open_days // 3),
            "closed_on": _later(posted, open_days),
            "agency": rng.random(n) < 0.12,
        }
    )


def _reposted(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The same advertisement on the next board, some days later."""
    following = dict(zip(BOARDS, (*BOARDS[1:], BOARDS[0]), strict=True))
    days = pl.Series(rng.integers(1, 10, frame.height))
    return frame.with_columns(
        pl.col("source").replace_strict(following),
        _later(frame["posted_on"], days),
        refreshed_on=pl.lit(None, dtype=pl.Date),
        closed_on=pl.lit(None, dtype=pl.Date),
    )


def _later(day: pl.Series, days: pl.Series) -> pl.Series:
    return (day.cast(pl.Int32) + days.cast(pl.Int32)).cast(pl.Date).alias(day.name)


@cache
def _wanted() -> tuple[Wanted, ...]:
    """One entry per built-in occupation, in the table's order."""
    words = {skill.skill_id: skill.words for skill in skills()}
    ties = builtin("occupation_skills").sort("importance", descending=True, maintain_order=True)
    grouped = ties.group_by("occupation_code", maintain_order=True).agg("skill_id", "level")
    by_code = {code: (ids, levels) for code, ids, levels in grouped.iter_rows()}
    rows = builtin("occupations").select("occupation_code", "name", "aliases").iter_rows()
    return tuple(
        Wanted(
            tuple(aliases) or (name,),
            tuple(words[skill] for skill in by_code[code][0]),
            sum(by_code[code][1]) / len(by_code[code][1]),
        )
        for code, name, aliases in rows
    )


def _description(wanted: Wanted, rng: np.random.Generator) -> str:
    """Duties, wishes by name or alias, often a skill not asked for, and company prose."""
    spoken = [_one(words, rng) for words in wanted.words]
    others = _one(skills(), rng).words
    duty = _one(DUTIES, rng).format(a=spoken[0], b=spoken[-1])
    joined = _one(("、", "，", "/", "和"), rng).join(spoken)
    lines = [duty, _one(WANTS, rng).format(list=joined)]
    if rng.random() < 0.3:
        lines.append(_one(NEGATIONS, rng).format(x=_one(others, rng)))
    text = "岗位职责：" + "；".join(f"{i + 1}、{line}" for i, line in enumerate(lines)) + "。"
    if rng.random() < 0.5:
        return text + _one(BOILERPLATE, rng).format(x=_one(_one(skills(), rng).words, rng))
    return text


def _salary(level: float, rng: np.random.Generator) -> str | None:
    """Monthly pay in one of the forms boards use."""
    low = max(4, round(3.5 + 2.2 * level * rng.lognormal(0, 0.25)))
    high = low + int(rng.integers(1, 6))
    forms = (
        f"{low}-{high}K",
        f"{low}-{high}K·13薪",
        f"{low * 1000}-{high * 1000}元/月",
        f"{low / 10:.1f}-{high / 10:.1f}万/月",
        f"{low * 40}-{high * 40}元/天",
        "面议",
    )
    pick = int(rng.choice(len(forms) + 1, p=(0.45, 0.1, 0.2, 0.08, 0.05, 0.09, 0.03)))
    return forms[pick] if pick < len(forms) else None


def _tags(wanted: Wanted, rng: np.random.Generator) -> list[str]:
    """Welfare, and now and then the main skill."""
    count = int(rng.integers(0, 4))
    tags = [str(tag) for tag in rng.choice(WELFARE, count, replace=False)]
    return [*tags, wanted.words[0][0]] if rng.random() < 0.4 else tags


def _companies(city: Map, district: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    """Some hundreds of employers, each of one district."""
    stems = rng.integers(0, len(STEMS), len(district))
    words = rng.integers(0, len(COMPANY_WORDS), len(district))
    return [
        f"杭州{STEMS[stem]}{COMPANY_WORDS[word]}{COMPANY_KINDS[kind]}"
        for stem, word, kind in zip(
            stems, words, (stems + district) % len(COMPANY_KINDS), strict=True
        )
    ]


def _leveled(
    values: tuple[str, ...], wanted: Sequence[Wanted], rng: np.random.Generator
) -> pl.Series:
    """Higher levels ask for more; a quarter asks for nothing."""
    mean = np.array([row.level for row in wanted]) - 1
    drawn = np.clip(np.round(rng.normal(mean, 0.8)), 0, len(values) - 1).astype(np.int64)
    silent = rng.random(len(wanted)) < 0.25
    return pl.Series(
        [None if quiet else values[index] for quiet, index in zip(silent, drawn, strict=True)],
        dtype=pl.String,
    )


def _headcount(draw: float) -> int | None:
    """Mostly one person, sometimes several, often unsaid."""
    return None if draw < 0.3 else 1 if draw < 0.75 else int(2 + (draw - 0.75) * 30)


def _one(choices: Sequence[T], rng: np.random.Generator) -> T:
    return choices[int(rng.integers(0, len(choices)))]
