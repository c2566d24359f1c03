"""What can truthfully be said of one section, by factor; None where nothing can.

That a factor raised the score is known when a claim is asked for; whatever its sentence says
beyond that is checked here against the data.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from data.glossary import label_zh
from data.vocab import ONLINE_MODES
from recsys.columns import Index
from recsys.explainers.facts import Facts, Share
from recsys.explainers.spread import Spread
from recsys.explainers.taste import Heard
from recsys.explainers.words import Evidence, slots_en, slots_zh
from recsys.types import LearnerQuery

Claim = tuple[str, Evidence]
"""A kind of reason and the figures it rests on."""

OF_PLACE: Final = ("age_low", "district_code")
"""What popularity is told by: how many of the learner's age or district."""

FEN_A_YUAN: Final = 100
SKILLS_NAMED: Final = 3
"""Most skills of one sentence."""

NO_WAY: Final = -1
"""Minutes of a way that nobody has to go."""

SILENT: Final = -2
"""In place of a number by which something is said: nothing is."""

MOST: Final = 50
"""Percent above which it was most people."""

WELL_RATED: Final = 4.0
"""Mean rating, of 5, from which it speaks for a course."""

ADVERTS: Final = 10
"""Fewest job advertisements that are called a demand."""

FACTOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "travel": "travel",
        "slots": "slots",
        "daytime": "daytime",
        "price": "price",
        "age": "age",
        "fit": "age",
        "age_topic": "age",
        "goal": "goal",
        "skill_gain": "goal",
        "demand": "demand",
        "completion": "quality",
        "popularity": "popularity",
        "institution": "institution",
        "quality": "quality",
        "taste": "taste",
        "profile": "profile",
        "new": "new",
    }
)
"""The factor that each part of a score belongs to: parts that would say the same are one."""


class Section(NamedTuple):
    """One chosen section, as claims look at it.

    Attributes:
        facts: names and figures.
        query: who asks.
        spread: the lists of the block.
        at: this section's place in it.
        place: its place in its own list.
        heard: which course of the past speaks for it.
    """

    facts: Facts
    query: LearnerQuery
    spread: Spread
    at: int
    place: int
    heard: Heard

    def told(self, name: str) -> Any:
        """A column of the offer as a Python value."""
        return self.spread.offer.values(name)[self.spread.rows[self.at]]

    def number(self, name: str) -> float | None:
        """A column as a number; None where unknown."""
        return self.spread.figure(name, self.at)

    @property
    def course_id(self) -> str:
        """What it teaches."""
        course: str = self.told("course_id")
        return course


def short_ways(spread: Spread) -> Index:
    """Minutes of a way that is shorter than the mean one to what is open, or of none at all."""
    minutes, mean = spread.numbers("travel_min"), spread.numbers("mean_travel_min")
    # a comparison with NaN is false
    shorter = minutes < mean
    keys = np.full(len(spread), SILENT, dtype=np.intp)
    keys[shorter] = np.rint(minutes[shorter]).astype(np.intp)
    keys[spread.among("mode", ONLINE_MODES)] = NO_WAY
    return keys


def travel(section: Section) -> Claim | None:
    """No way at all, or how short it is."""
    if section.told("mode") in ONLINE_MODES:
        return "no_travel", {}
    minutes = section.number("travel_min")
    return None if minutes is None else ("near", {"minutes": round(minutes)})


def at_free_times(spread: Spread) -> Index:
    """The section, where every class is at a free time."""
    return np.where(spread.numbers("slot_fit") == 1, spread.rows, SILENT)


def slots(section: Section) -> Claim | None:
    """When it meets, where it does."""
    held = section.told("slots")
    return ("free_slot", {"slots_zh": slots_zh(held), "slots_en": slots_en(held)}) if held else None


def daytime(section: Section) -> Claim | None:
    """No class is in the evening."""
    held = section.told("slots")
    if not held or any(slot.endswith("E") for slot in held):
        return None
    return "daytime", {}


def at_low_prices(spread: Spread) -> Index:
    """The section, where it costs nothing, or less than the mean of what is open."""
    fen, mean = spread.numbers("price_net_fen"), spread.numbers("mean_price_net_fen")
    return np.where((fen == 0) | (fen < mean), spread.rows, SILENT)


def price(section: Section) -> Claim | None:
    """What it costs."""
    fen = section.number("price_net_fen")
    if fen is None:
        return None
    return ("price", {"yuan": f"{fen / FEN_A_YUAN:g}"}) if fen else ("free_of_charge", {})


def age(section: Section) -> Claim | None:
    """The age group takes such courses more than others do, or the limits are meant for it."""
    low = section.query.age_low
    if low is None:
        return None
    for what in ("category", "programme"):
        value = section.told(what)
        if people := section.facts.favoured.get((what, value, low)):
            kind_zh, kind_en = _labels(value)
            return "age_kind", {"people": people, "kind_zh": kind_zh, "kind_en": kind_en}
    return ("age_fit", {}) if _within_limits(section) else None


def _within_limits(section: Section) -> bool:
    """Whether the course has age limits and all of the learner's band is within them."""
    youngest, oldest = section.number("age_min"), section.number("age_max")
    low, high = section.query.age_low, section.query.age_high
    if low is None or high is None or (youngest is None and oldest is None):
        return False
    return (youngest is None or youngest <= low) and (oldest is None or high <= oldest)


def goal(section: Section) -> Claim | None:
    """Which skills of the learner's goal the course teaches."""
    facts, query = section.facts, section.query
    taught = frozenset[str](section.told("teaches_skill_ids") or ())
    if wanted := _names(facts, taught & query.goal_skills):
        return "goal_skill", {"skills": wanted}
    code = query.goal_occupation_code or ""
    asked = _names(facts, taught & facts.occupation_skills.get(code, frozenset()))
    occupation = facts.occupations.get(code)
    if not asked or occupation is None:
        return None
    return "goal_occupation", {"occupation": occupation, "skills": asked}


def demand(section: Section) -> Claim | None:
    """How many job advertisements name a skill it teaches: the one named most."""
    facts = section.facts
    counts = [
        (facts.advertised.get(skill, 0), facts.skills[skill])
        for skill in sorted(section.told("teaches_skill_ids") or ())
        if skill in facts.skills
    ]
    adverts, skill = max(counts, key=lambda count: count[0], default=(0, ""))
    return ("in_demand", {"adverts": adverts, "skill": skill}) if adverts >= ADVERTS else None


def popularity(section: Section) -> Claim | None:
    """How many people of the learner's age, district or city chose it, if enough did."""
    facts, query, course = section.facts, section.query, section.course_id
    if query.age_low is not None and (people := facts.by_age.get((course, query.age_low))):
        return "popular_age", {"people": people}
    if query.district_code and (people := facts.by_district.get((course, query.district_code))):
        return "popular_here", {"people": people}
    people = facts.takers.get(course)
    return ("popular", {"people": people}) if people else None


def quality(section: Section) -> Claim | None:
    """Most who joined it finished it, or those who took it rated it well."""
    course = section.course_id
    if (share := section.facts.finished.get(course)) and share.percent > MOST:
        return "finished", _figures(share)
    rating = section.facts.rated.get(course)
    if rating is None or rating.mean < WELL_RATED:
        return None
    return "rated", {"people": rating.people, "mean": f"{rating.mean:.1f}"}


def institution(section: Section) -> Claim | None:
    """Most of what people joined at the institution they finished."""
    name = section.told("institution_name")
    share = section.facts.finished_at.get(section.told("institution_id"))
    if name is None or share is None or share.percent <= MOST:
        return None
    return "finished_here", {"institution": name, **_figures(share)}


def taste(section: Section) -> Claim | None:
    """Which course of the past the recommended one is close to."""
    course = section.course_id
    if course in section.query.history:
        return "revisited", {"course_id": course}
    voice = section.heard.voice(section.place)
    if voice is None:
        return None
    if voice.course_id not in section.facts.titles:
        return "taste", {}
    # Some titles carry their own book marks; the sentence sets them.
    title = section.facts.titles[voice.course_id].removeprefix("《").removesuffix("》")
    kind = "taste_content" if voice.by_content else "taste_course"
    return kind, {"course_id": voice.course_id, "title": title}


def profile(section: Section) -> Claim | None:
    """People of the same age or district choose it more often than others do."""
    facts, query, course = section.facts, section.query, section.course_id
    if not query.personalised:
        return None
    if query.age_low is not None and ("course", course, query.age_low) in facts.favoured:
        return "profile_age", {}
    here = ("course", course, query.district_code or "") in facts.favoured
    return ("profile_here", {}) if here else None


def new(section: Section) -> Claim | None:
    """No section of it has begun before, in a city whose past is known."""
    held = section.facts.held
    return ("new", {}) if held and section.course_id not in held else None


class Telling(NamedTuple):
    """How a factor is told.

    Attributes:
        tell: what can be said of a section.
        reads: the fields of the query that alone decide, beside the section: learners who agree
            in them are told the same. None where everybody is told anew.
        by: what is said of the sections of a block is the same for equal numbers of this, of
            which ``SILENT`` says nothing; by default the section itself decides.
    """

    tell: Callable[[Section], Claim | None]
    reads: tuple[str, ...] | None = None
    by: Callable[[Spread], Index] | None = None


CLAIMS: Final[Mapping[str, Telling]] = MappingProxyType(
    {
        "travel": Telling(travel, (), short_ways),
        "slots": Telling(slots, (), at_free_times),
        "daytime": Telling(daytime, ()),
        "price": Telling(price, (), at_low_prices),
        "age": Telling(age, ("age_low", "age_high")),
        "goal": Telling(goal),
        "demand": Telling(demand, ()),
        "popularity": Telling(popularity, OF_PLACE),
        "institution": Telling(institution, ()),
        "quality": Telling(quality, ()),
        "taste": Telling(taste),
        "profile": Telling(profile, ("personalised", *OF_PLACE)),
        "new": Telling(new, ()),
    }
)
"""What can be said for each factor."""


def _names(facts: Facts, skill_ids: Collection[str]) -> str:
    names = [facts.skills[skill] for skill in sorted(skill_ids) if skill in facts.skills]
    return "、".join(names[:SKILLS_NAMED])


def _figures(share: Share) -> Evidence:
    return {"people": share.people, "percent": share.percent}


@cache
def _labels(value: str) -> tuple[str, str]:
    """A kind of course in Chinese and in English."""
    return label_zh(value, table="courses"), value.replace("_", " ")
