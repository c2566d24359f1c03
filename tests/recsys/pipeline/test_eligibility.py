from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City
from data.vocab import ACCESS_NEEDS
from recsys.pipeline.candidates import Pool
from recsys.pipeline.eligibility import Rulebook, all_refusals, eligible
from recsys.rules import all_rules
from recsys.types import LearnerQuery

SECTIONS = 80
SLOTS = ("1M", "3E", "6A")


def random_city(make_city: Callable[..., City], seed: int = 7) -> City:
    """Every column that a rule reads takes several values, unknown among them."""
    rng = np.random.default_rng(seed)

    def pick(*values: Any) -> Any:
        return values[int(rng.integers(len(values)))]

    courses: list[dict[str, Any]] = [
        {
            "course_id": f"c{k}",
            "institution_id": f"i{k % 3}",
            "prerequisites": pick([], [], ["c0"]) if k else [],
            "age_min": pick(None, 18, 60),
            "programme": pick("senior", "night_school"),
        }
        for k in range(12)
    ]
    sections = [
        {
            "section_id": f"s{k}",
            "course_id": f"c{k % 12}",
            "venue_id": f"v{k % 4}",
            "mode": pick("offline", "dual", "online_live", "online_recorded"),
            "slots": pick([], ["1M"], ["3E"], ["3E", "6A"]),
            "enrolled": pick(0, 20),
            "state": pick("applying", "applying", "published", "closed"),
            "captions": pick(None, True, False),
        }
        for k in range(SECTIONS)
    ]
    venues = [
        {"venue_id": f"v{k}", "lon": 120.0 + k / 10, "step_free": (None, True, False, True)[k]}
        for k in range(4)
    ]
    scopes = ("city", "district", "own")
    institutions = [{"institution_id": f"i{k}", "sharing": scopes[k]} for k in range(3)]
    return make_city(courses=courses, sections=sections, venues=venues, institutions=institutions)


@pytest.fixture(scope="module")
def pool(make_city: Callable[..., City], as_of: datetime) -> Pool:
    return Pool.of(random_city(make_city), as_of)


@st.composite
def queries(draw: st.DrawFn, as_of: datetime) -> LearnerQuery:
    return LearnerQuery(
        as_of=as_of,
        personalised=draw(st.booleans()),
        age_low=draw(st.sampled_from([None, 14, 60])),
        age_high=120,
        home=draw(st.sampled_from([None, (120.1, 30.27)])),
        district_code=draw(st.sampled_from([None, "330106000000"])),
        circle_min=draw(st.sampled_from([None, 30.0])),
        free_slots=draw(st.none() | st.frozensets(st.sampled_from(SLOTS))),
        needs=draw(st.frozensets(st.sampled_from(ACCESS_NEEDS), max_size=2)),
        completed=draw(st.frozensets(st.sampled_from(["c0", "c1"]))),
        enrolled_sections=draw(st.frozensets(st.sampled_from(["s1", "s2"]))),
    )


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_kept_and_dropped_sections_are_all_the_candidates(
    pool: Pool, as_of: datetime, data: st.DataObject
) -> None:
    query = data.draw(queries(as_of))
    candidates = pool.candidates(query)
    kept, dropped = eligible(query, candidates, Rulebook(all_rules().values()))
    refused = dropped.table()
    both = [*kept.texts("section_id"), *refused["section_id"]]
    assert sorted(both) == sorted(candidates.texts("section_id"))
    assert refused["rule"].null_count() == 0
    assert sum(dropped.counts().values()) == len(dropped) == refused.height


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_the_order_of_rules_decides_the_name_never_the_verdict(
    pool: Pool, as_of: datetime, data: st.DataObject
) -> None:
    query = data.draw(queries(as_of))
    rules = data.draw(st.permutations(list(all_rules().values())))
    candidates = pool.candidates(query)
    kept, dropped = eligible(query, candidates, Rulebook(rules))
    by_name, _ = eligible(query, candidates, Rulebook(all_rules().values()))
    assert kept.texts("section_id") == by_name.texts("section_id")
    for section_id, name in dropped.table().head(5).iter_rows():
        one = pool.single(query, section_id)
        assert all_refusals(query, one, rules)[0] == name


def test_every_rule_refuses_something_in_the_random_city(pool: Pool, as_of: datetime) -> None:
    query = LearnerQuery(
        as_of=as_of,
        age_low=14,
        age_high=17,
        needs=frozenset({"captions"}),
        circle_min=5.0,
        free_slots=frozenset({"1M"}),
        completed=frozenset({"c1"}),
        enrolled_sections=frozenset({"s1"}),
    )
    candidates = pool.candidates(query)
    for rule in all_rules().values():
        kept, dropped = eligible(query, candidates, Rulebook([rule]))
        assert 0 < len(dropped) < len(candidates), rule.name
        assert list(dropped.counts()) == [rule.name]
        assert len(kept) == len(candidates) - len(dropped)


def test_without_rules_everything_is_kept_in_its_order(pool: Pool, as_of: datetime) -> None:
    candidates = pool.candidates(LearnerQuery(as_of=as_of))
    kept, dropped = eligible(LearnerQuery(as_of=as_of), candidates, Rulebook([]))
    assert kept.frame.equals(candidates.frame)
    assert not len(dropped)


def test_an_empty_pool_is_no_error(as_of: datetime) -> None:
    empty = Pool.of(City({}), as_of).candidates(LearnerQuery(as_of=as_of))
    kept, dropped = eligible(LearnerQuery(as_of=as_of), empty, Rulebook(all_rules().values()))
    assert (len(kept), len(dropped)) == (0, 0)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_an_earlier_query_was_told_never_changes_a_verdict(
    make_city: Callable[..., City], pool: Pool, as_of: datetime, data: st.DataObject
) -> None:
    query, rules = data.draw(queries(as_of)), tuple(all_rules().values())
    fresh = Pool.of(random_city(make_city), as_of)
    remembered, _ = eligible(query, pool.candidates(query), Rulebook(rules))
    anew, _ = eligible(query, fresh.candidates(query), Rulebook(rules))
    assert remembered.texts("section_id") == anew.texts("section_id")


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_is_counted_over_the_kept_is_what_counting_them_gives(
    pool: Pool, as_of: datetime, data: st.DataObject
) -> None:
    query, rules = data.draw(queries(as_of)), tuple(all_rules().values())
    kept, refusals = eligible(query, pool.candidates(query), Rulebook(rules))
    named = [rule.name for rule in rules]
    by_rule = [named[place] for place in refusals.first.tolist() if place < len(rules)]
    assert dict(refusals.counts()) == {name: by_rule.count(name) for name in set(by_rule)}
    courses = kept.offer.courses
    counts = kept.counts("courses", courses.of_section, len(courses.values))
    ids = kept.texts("course_id")
    assert counts.tolist() == [ids.count(course) for course in courses.values]
    values = np.arange(len(kept.offer), dtype=np.float64)[None]
    assert kept.sums("rows", values).tolist() == [values[0][kept.rows].sum()]
    some = np.arange(len(courses.values)) % 2 == 0
    counted = kept.counts("some", courses.of_section, len(courses.values), counted=some)
    assert counted.tolist() == (counts * some).tolist()
    prices = [fen for fen in kept.texts("price_net_fen") if fen is not None]
    mean = kept.mean("price_net_fen")
    assert mean == sum(prices) / len(prices) if prices else np.isnan(mean)
