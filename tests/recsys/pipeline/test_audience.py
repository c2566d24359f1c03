from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import City
from recsys.errors import QueryError
from recsys.pipeline.audience import Cell, audience, reach, suppressed
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender

SECTIONS = (
    "code-far",
    "hall-near",
    "ink-near",
    "tea-far",
    "tea-near",
    "tea-online",
    "tea-soon",
    "tea-steps",
    "yoga-full",
    "yoga-near",
)
PEOPLE = ("child", "limits", "lin", "minor", "off", "wheels")


def invited(recommender: Recommender, section: str) -> list[str]:
    return [each.learner_id for each in audience(recommender, section).learners]


@pytest.mark.parametrize("section", SECTIONS)
def test_exactly_those_consenting_learners_are_invited_whom_every_rule_keeps(
    recommender: Recommender, section: str
) -> None:
    queries = {learner: recommender.query(learner) for learner in PEOPLE}
    expected = [
        learner
        for learner, query in queries.items()
        if query.personalised and section in recommender.eligible(query)[0].texts("section_id")
    ]
    assert sorted(invited(recommender, section)) == expected


def test_whoever_switched_personalisation_off_is_in_no_audience(recommender: Recommender) -> None:
    everybody = {learner for section in SECTIONS for learner in invited(recommender, section)}
    assert "off" not in everybody
    assert "child" not in everybody, "the guardian didn't consent"
    assert "minor" in everybody, "the guardian did"


def test_a_full_section_has_nobody_to_invite(recommender: Recommender) -> None:
    found = audience(recommender, "yoga-full")
    assert (found.learners, found.eligible, found.asked) == ((), 0, 4)


@pytest.fixture(scope="module")
def village(
    make_city: Callable[..., City],
    as_of: datetime,
    scorers: dict[str, object],
    make_policy: Callable[..., Policy],
) -> Recommender:
    """Fifteen learners near the school, twelve far away, three abroad in age and needs."""
    near = {"home_lon": 120.12, "home_lat": 30.27, "home_division_code": "330106001000"}
    far = {"home_lon": 119.2, "home_lat": 29.7, "home_division_code": "330127001000"}
    city = make_city(
        divisions=[{"division_code": "330106001000", "name": "某街道", "level": "town"}],
        institutions=[{}],
        venues=[{}],
        courses=[{"course_id": "tea"}],
        sections=[{"section_id": "tea-1", "course_id": "tea"}],
        learners=[{"learner_id": f"near-{n:02}", **near} for n in range(15)]
        + [{"learner_id": f"far-{n:02}", **far, "age_band": "60-69"} for n in range(12)]
        + [{"learner_id": f"deaf-{n:02}", "needs": ["captions"]} for n in range(11)]
        + [{"learner_id": f"few-{n}", **near, "age_band": "18-24"} for n in range(3)],
    )
    context = {"context": scorers["context"]}
    return Recommender(city, as_of, context, {"plain": make_policy()})  # type: ignore[arg-type]


def test_those_for_whom_it_is_nearer_come_first(village: Recommender) -> None:
    found = audience(village, "tea-1", n=18).learners
    assert not [each for each in found if each.learner_id.startswith("far")]
    assert [each.rank for each in found] == list(range(1, 19))
    assert all(first.benefit >= next_.benefit for first, next_ in pairwise(found))


def test_equal_learners_come_in_the_order_of_their_ids(village: Recommender) -> None:
    ids = [each.learner_id for each in audience(village, "tea-1").learners]
    near = [learner for learner in ids if learner.startswith("near")]
    assert near == sorted(near)


def test_rules_that_keep_out_ten_or_more_are_told(village: Recommender) -> None:
    found = audience(village, "tea-1")
    assert (found.asked, found.eligible, found.excluded) == (41, 30, {"access": 11})


def test_progress_reaches_everybody(village: Recommender) -> None:
    steps: list[int] = []
    audience(village, "tea-1", done=steps.append)
    assert sum(steps) == 41


def test_planners_get_counts_and_no_cell_of_fewer_than_ten(village: Recommender) -> None:
    found = reach(village, "tea-1")
    # The three learners of 18 to 24 would be the difference, so the twelve join them.
    assert [(c.age_band, c.town, c.learners) for c in found.cells] == [("25-34", "某街道", 15)]
    assert found.others == 15
    assert "near-" not in str(asdict(found))


@given(st.lists(st.integers(min_value=1, max_value=40)))
def test_what_is_kept_back_is_never_fewer_than_ten(sizes: list[int]) -> None:
    cells = [Cell("25-34", f"{n:012}", None, size, 0.0) for n, size in enumerate(sizes)]
    told, others = suppressed(cells)
    assert all(cell.learners >= 10 for cell in told)
    kept_back = sum(sizes) - sum(cell.learners for cell in told)
    if others is None:
        assert kept_back == 0 or (not told and kept_back < 10)
    else:
        assert others == kept_back >= 10


@pytest.mark.parametrize("section", ["nowhere", "tea-draft"])
def test_a_section_that_nobody_may_know_of_is_an_error(
    recommender: Recommender, section: str
) -> None:
    with pytest.raises(QueryError, match="no section of this id"):
        audience(recommender, section)


def test_without_a_register_nobody_is_known_to_consent(
    make_city: Callable[..., City], as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    city = make_city(courses=[{"course_id": "c"}], sections=[{"section_id": "s", "course_id": "c"}])
    bare = Recommender(city, as_of, {}, {"plain": make_policy()})
    with pytest.raises(QueryError, match="no learners table"):
        audience(bare, "s")
