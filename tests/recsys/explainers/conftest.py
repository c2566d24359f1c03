"""A town in which reasons can be checked by hand, and its model, fitted once.

Three kinds of courses at three distances; ninety learners of two ages who each take courses of
one kind, so that every figure that a sentence may tell is above or below ten people on purpose.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from data.city import City
from recsys.artifact import Bundle
from recsys.pipeline.policy import shipped_policies
from recsys.pipeline.recommender import Recommender
from training.fit import fit_bundle

SCORERS: Final = ("context", "popularity", "goal", "lowpass", "ease")
PEOPLE: Final = 90
RANKERS: Final = ("blend", "additive")
KINDS: Final = {"health": "near", "arts": "mid", "digital_skills": "far"}
SLOTS: Final = ["1M", "2A", "3E", "4E", "5A", "6M"]
COURSES: Final = [f"{kind}-{number}" for kind in KINDS for number in range(4)]


def _sections() -> list[dict[str, Any]]:
    spring: dict[str, Any] = {
        "term": "2025春",
        "starts_on": date(2025, 3, 1),
        "ends_on": date(2025, 6, 1),
        "apply_opens_at": datetime(2025, 2, 1, tzinfo=UTC),
        "apply_closes_at": datetime(2025, 2, 20, tzinfo=UTC),
        "state": "finished",
    }
    sections: list[dict[str, Any]] = []
    for place, course in enumerate(COURSES):
        row = {"course_id": course, "venue_id": KINDS[course.split("-")[0]]}
        prices = {"price_fen": 10000 * (place % 3)}
        slots = {"slots": [SLOTS[place % len(SLOTS)]]}
        sections.append({**row, **prices, **slots, "section_id": f"s-{course}"})
        if not course.endswith("3"):
            sections.append({**row, **slots, **spring, "section_id": f"old-{course}"})
    other = {"course_id": "health-0", "venue_id": "far", "slots": ["7E"], "price_fen": 90000}
    return [*sections, {**other, "section_id": "s-health-0-far"}]


def _events() -> list[dict[str, Any]]:
    """Each learner enrols in three of the four courses of one kind; two in three finish."""
    rows: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        kind = list(KINDS)[number % 3]
        for step in range(3):
            course = f"{kind}-{(number // 3 + step) % 4}"
            section = None if course.endswith("3") else f"old-{course}"
            about = {
                "learner_id": f"p{number:02d}",
                "course_id": course,
                "section_id": section,
                "occurred_at": datetime(2025, 2, 1, tzinfo=UTC) + timedelta(days=number + step),
            }
            rows.append({**about, "type": "enrol", "event_id": f"{number}-{step}"})
            if number % 3 or step:
                done = {"type": "complete", "event_id": f"{number}-{step}-done"}
                rows.append({**about, **done, "occurred_at": datetime(2025, 6, 2, tzinfo=UTC)})
    return rows


def _shown() -> list[dict[str, Any]]:
    """A list of all spring sections for each learner, who asks for two of the own kind."""
    first = datetime(2025, 2, 1, tzinfo=UTC)
    return [
        {
            "event_id": f"{kind}-{number}-{course}",
            "learner_id": f"p{number:02d}",
            "course_id": course,
            "section_id": f"old-{course}",
            "type": kind,
            "occurred_at": first + timedelta(hours=number, seconds=kind == "apply"),
            "list_id": f"list-{number}",
            "position": place,
        }
        for number in range(PEOPLE)
        for place, course in enumerate((c for c in COURSES if not c.endswith("3")), start=1)
        for kind in ("impression", "apply")
        if kind == "impression" or (course.startswith(list(KINDS)[number % 3]) and place % 3)
    ]


def _learners() -> list[dict[str, Any]]:
    home = {"home_lon": 120.12, "home_lat": 30.27, "home_division_code": "330106000000"}
    crowd: list[dict[str, Any]] = [
        {
            "learner_id": f"p{number:02d}",
            "age_band": "60-69" if number % 3 == 0 else "25-34",
            "free_slots": SLOTS[: number % 6 + 1],
            **home,
        }
        for number in range(PEOPLE)
    ]
    goal = {"learner_id": "goal", "goal_skills": ["python"], "free_slots": ["3E", "4E"]}
    off = {"learner_id": "off", "consent_personalisation": False, **home}
    return [*crowd, goal, off, {"learner_id": "newcomer", "age_band": "70-79", **home}]


@pytest.fixture(scope="session")
def known_town(make_city: Callable[..., City]) -> City:
    """The town, made once."""
    return make_city(
        divisions=[{"division_code": "330106000000", "lon": 120.12, "lat": 30.27}],
        institutions=[{}],
        venues=[
            {"venue_id": "near", "lon": 120.121, "lat": 30.271},
            {"venue_id": "mid", "lon": 120.15, "lat": 30.29},
            {"venue_id": "far", "lon": 120.30, "lat": 30.35},
        ],
        courses=[
            {
                "course_id": course,
                "title": f"课程 {course}",
                "category": course.split("-")[0],
                "programme": "senior" if course.startswith("health") else "night_school",
                "age_min": 55 if course == "health-2" else None,
            }
            for course in COURSES
        ],
        course_skills=[{"course_id": "digital_skills-0", "skill_id": "python"}],
        skills=[{"skill_id": "python", "name": "Python"}],
        occupations=[{"occupation_code": "4-04", "name": "程序员"}],
        occupation_skills=[{"occupation_code": "4-04", "skill_id": "python"}],
        postings=[{"posting_id": f"ad{n}", "tags": ["python"]} for n in range(12)],
        sections=_sections(),
        learners=_learners(),
        events=_events() + _shown(),
    )


@pytest.fixture(scope="session")
def known_model(known_town: City, as_of: datetime) -> Bundle:
    """The town's model, fitted once: a policy for each ranker, with quick scorers."""
    general = shipped_policies()["general"]
    chosen = {name: general.scorers[name] for name in SCORERS}
    told = {"scorers": chosen, "reasons_max": 20}
    policies = {
        ranker: general.model_copy(update={**told, "ranker": ranker, "name": ranker})
        for ranker in RANKERS
    }
    return fit_bundle(known_town, as_of, policies)


@pytest.fixture(scope="session")
def known_recommenders(
    known_town: City, known_model: Bundle, as_of: datetime
) -> Mapping[str, Recommender]:
    """The town's recommenders by ranker; they give every reason there is."""
    return {
        ranker: Recommender(
            known_town, as_of, known_model.scorers, {ranker: policy}, ranker=known_model.ranker
        )
        for ranker, policy in known_model.policies.items()
    }


@pytest.fixture(scope="session")
def known_recommender(known_recommenders: Mapping[str, Recommender]) -> Recommender:
    """The town's recommender with the blend."""
    return known_recommenders["blend"]
