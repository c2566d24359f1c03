"""What can truthfully be said of one section, by factor; None where nothing can."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from recsys.explainers.facts import Facts
from recsys.explainers.words import Evidence, slots_en, slots_zh
from recsys.types import LearnerQuery

Row = Mapping[str, Any]
"""One chosen section with the columns of every stage."""

Claim = tuple[str, Evidence]
"""A kind of reason and the figures it rests on."""

FEN_A_YUAN: Final = 100
SKILLS_NAMED: Final = 3
"""Most skills of one sentence."""


def popularity(facts: Facts, query: LearnerQuery, row: Row) -> Claim | None:
    """How many people of the learner's age or district chose the course, if enough did."""
    course_id = row["course_id"]
    if query.age_low is not None and (people := facts.by_age.get((course_id, query.age_low))):
        return "popular_age", {"people": people}
    if query.district_code and (people := facts.by_district.get((course_id, query.district_code))):
        return "popular_here", {"people": people}
    return "popular", {}


def goal(facts: Facts, query: LearnerQuery, row: Row) -> Claim | None:
    """Which skills of the learner's goal the course teaches."""
    taught = frozenset[str](row["teaches_skill_ids"] or ())
    if wanted := _names(facts, taught & query.goal_skills):
        return "goal_skill", {"skills": wanted}
    code = query.goal_occupation_code or ""
    asked = _names(facts, taught & facts.occupation_skills.get(code, frozenset()))
    occupation = facts.occupations.get(code)
    if not asked or occupation is None:
        return None
    return "goal_occupation", {"occupation": occupation, "skills": asked}


def taste(facts: Facts, query: LearnerQuery, row: Row, voices: Mapping[str, str]) -> Claim:
    """Which course of the past the recommended one is close to."""
    course_id = row["course_id"]
    if course_id in query.history:
        return "revisited", {"course_id": course_id}
    voice = voices.get(course_id)
    if voice is None or voice not in facts.titles:
        return "taste", {}
    # Some titles carry their own book marks; the sentence sets them.
    title = facts.titles[voice].removeprefix("《").removesuffix("》")
    return "taste_course", {"course_id": voice, "title": title}


def context(term: str, row: Row) -> Claim | None:
    """What a term of the context proves, given that it is better than the average section's."""
    match term:
        case "travel" if row["travel_min"] is not None:
            return "near", {"minutes": round(row["travel_min"])}
        case "slots" if row["slots"] and row["slot_fit"] == 1:
            slots = row["slots"]
            return "free_slot", {"slots_zh": slots_zh(slots), "slots_en": slots_en(slots)}
        case "daytime" if row["slots"] and not any(slot.endswith("E") for slot in row["slots"]):
            return "daytime", {}
        case "price":
            return _price(row["price_net_fen"])
        case "age" if row["age_overlap"]:
            return "age_fit", {}
        case _:
            return None


def _price(fen: int) -> Claim:
    return ("price", {"yuan": f"{fen / FEN_A_YUAN:g}"}) if fen else ("free_of_charge", {})


OF_SCORER: Final[Mapping[str, Callable[[Facts, LearnerQuery, Row], Claim | None]]] = (
    MappingProxyType({"popularity": popularity, "goal": goal})
)
"""Scorers with words of their own."""


def _names(facts: Facts, skill_ids: Collection[str]) -> str:
    names = [facts.skills[skill] for skill in sorted(skill_ids) if skill in facts.skills]
    return "、".join(names[:SKILLS_NAMED])
