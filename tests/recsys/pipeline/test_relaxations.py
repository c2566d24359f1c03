"""What relaxing one limit would bring, held against asking again with the wider limit."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import City
from data.vocab import CITY_TIME
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender
from recsys.pipeline.relaxations import STEPS, Gain
from recsys.types import LearnerQuery

SLOTS = [f"{day}{half}" for day in range(1, 8) for half in "MAE"]
HOME = (120.12, 30.27)


@pytest.fixture(scope="module")
def street(make_city: Callable[..., City], as_of: datetime, make_policy: Any) -> Recommender:
    """Twelve venues along a street, a section each, some refused for more than distance."""
    numbers = range(12)
    city = make_city(
        institutions=[{}],
        venues=[
            {"venue_id": f"v{n}", "lon": 120.12 + 0.01 * n, "lat": 30.27, "step_free": n % 5 != 0}
            for n in numbers
        ],
        courses=[{"course_id": f"c{n}", "age_min": 60 if n == 3 else None} for n in numbers],
        sections=[
            {
                "section_id": f"s{n}",
                "course_id": f"c{n}",
                "venue_id": f"v{n}",
                "slots": [SLOTS[n]] if n % 4 else [SLOTS[n], SLOTS[n + 1]],
                "enrolled": 20 if n == 7 else 0,
                "state": "published" if n in (1, 8, 9) else "applying",
                **({"apply_opens_at": as_of + timedelta(days=1 + n % 3)} if n in (1, 8, 9) else {}),
            }
            for n in numbers
        ],
        learners=[{"learner_id": "young", "age_band": "25-34"}],
    )
    return Recommender(city, as_of, {}, {"plain": make_policy(scorers={})})


def eligible(recommender: Recommender, query: LearnerQuery) -> set[str]:
    kept, _ = recommender.eligible(query)
    return set(kept.texts("section_id"))


def gains(recommender: Recommender, query: LearnerQuery) -> Mapping[str, Gain]:
    return {gain.rule: gain for gain in recommender.relaxations(query)}


@given(
    circle=st.floats(0, 120),
    free=st.none() | st.sets(st.sampled_from(SLOTS)),
    needs=st.sets(st.just("step_free")),
)
def test_asking_again_with_the_wider_limit_brings_as_many_as_was_said(
    street: Recommender, circle: float, free: set[str] | None, needs: set[str]
) -> None:
    query = street.query("young", circle_min=circle, free_slots=free, needs=needs, home=HOME)
    now = eligible(street, query)
    found = gains(street, query)
    assert set(found) <= {"within_circle", "free_slots", "window"}
    if wider := found.get("within_circle"):
        assert isinstance(wider.value, float)
        more = eligible(street, replace(query, circle_min=wider.value)) - now
        assert len(more) == wider.sections > 0
        assert wider.value - circle == pytest.approx(round(wider.value - circle))
        less = eligible(street, replace(query, circle_min=wider.value - 1))
        assert less == now, "a minute less brings nothing"
        for step in STEPS:
            wide = eligible(street, replace(query, circle_min=circle + step))
            assert wider.steps[step] == len(wide - now)
    else:
        assert eligible(street, replace(query, circle_min=10_000)) == now
    brought = {
        slot: len(eligible(street, replace(query, free_slots=query.free_slots | {slot})) - now)
        for slot in SLOTS
        if query.free_slots is not None
    }
    if slot := found.get("free_slots"):
        assert slot.sections == max(brought.values()) == brought[str(slot.value)] > 0
    else:
        assert not any(brought.values())
    if waiting := found.get("window"):
        opens = datetime.fromisoformat(str(waiting.value)).astimezone(UTC)
        assert len(eligible(street, replace(query, as_of=opens)) - now) == waiting.sections > 0
        earlier = replace(query, as_of=opens - timedelta(seconds=1))
        assert eligible(street, earlier) <= now


def test_the_gain_is_said_in_both_languages(street: Recommender) -> None:
    found = gains(street, street.query("young", circle_min=0, home=HOME))["within_circle"]
    more = int(found.value)
    assert found.text_zh == f"再多 {more} 分钟可达 {found.sections} 个班次。"
    assert found.text_en.startswith(f"{more} more minute")
    assert found.text_en.endswith("within reach.")


def test_a_window_says_when_it_opens_by_the_citys_clock(street: Recommender) -> None:
    found = gains(street, street.query("young"))["window"]
    opens = datetime.fromisoformat(str(found.value))
    assert opens.utcoffset() == CITY_TIME.utcoffset(opens.replace(tzinfo=None))
    assert f"{opens:%H:%M} 起可多报名 1 个班次" in found.text_zh


def test_where_no_limit_was_set_there_is_nothing_to_relax(street: Recommender) -> None:
    assert set(gains(street, street.query("young"))) == {"window"}


def test_a_home_that_is_not_known_promises_nothing(street: Recommender) -> None:
    assert "within_circle" not in gains(street, street.query("young", circle_min=5))


def test_age_and_access_are_never_relaxed(
    street: Recommender,
) -> None:
    query = street.query("young", needs=["step_free", "captions"], circle_min=0, home=HOME)
    assert gains(street, query) == {}


def test_a_policy_without_the_rules_relaxes_nothing(
    town: City, as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    lax = Recommender(town, as_of, {}, {"lax": make_policy(rules=("sharing",), scorers={})})
    assert lax.relaxations(lax.query("limits")) == ()
    assert lax.why_not(lax.query("limits"), "tea-near").gains == ()


def test_a_full_list_says_nothing_of_relaxations(street: Recommender) -> None:
    full = street.recommend(street.query("young", n=2, circle_min=60, home=HOME))
    short = street.recommend(street.query("young", n=20, circle_min=60, home=HOME))
    assert full.warnings == ()
    few, *relaxed = (one.kind for one in short.warnings)
    assert few == "fewer_than_asked"
    assert set(relaxed) == {"relaxation"}
