"""Plans keep every limit, come near the best there is, and never exceed what is proven."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.planning.opening.draft import Draft
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.exact import dealt
from recsys.planning.opening.floors import floor_prices
from recsys.planning.opening.greedy import greedy
from recsys.planning.opening.problem import Problem
from recsys.planning.opening.solve import Plan, solve
from recsys.planning.opening.verify import Section, covered_worth, violations
from tests.recsys.planning.opening.conftest import best_of_all, small
from training.bench.planning.instance import Size, made

SMALL_CITY = Size(towns=8, sites=20, skills=8, districts=2, budget_share=0.3, rural_share=0.1)


def planned(problem: Problem, seconds: float = 5.0, seed: int = 0) -> Plan:
    rng = np.random.default_rng(seed)
    return solve(problem, clock=time.monotonic, seconds=seconds, rng=rng)


def sections(draft: Draft) -> list[Section]:
    return [(line.offer, line.source, line.pool, line.slots) for line in draft.lines.values()]


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([1.5, 3.0]), st.integers(1, 2))
def test_a_tiny_plan_is_the_best_of_all_and_proven(seed: int, budget: float, steps: int) -> None:
    problem = small(seed, budget=budget, steps=steps)
    found = planned(problem)
    assert found.value == pytest.approx(best_of_all(problem), abs=1e-7)
    assert found.proven
    assert not any(violations(problem, sections(found.draft)).values())


@settings(max_examples=8)
@given(st.integers(0, 10_000))
def test_floors_are_met_wherever_any_plan_meets_them_and_by_the_best(seed: int) -> None:
    problem = small(seed, budget=3.0, rural=0.5, floor=1)
    best = best_of_all(problem)
    if best is None:
        with pytest.raises(PlanningError):
            planned(problem)
        return
    found = planned(problem)
    assert found.value == pytest.approx(best, abs=1e-7)
    assert found.proven
    assert not any(violations(problem, sections(found.draft)).values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_breaks_no_limit_and_is_worth_what_it_says(seed: int) -> None:
    problem = made(SMALL_CITY, seed)
    found = planned(problem, seconds=1.5, seed=seed)
    plan = sections(found.draft)
    assert not any(violations(problem, plan).values())
    assert found.value == pytest.approx(covered_worth(problem, plan))
    assert 0.9 * found.bound <= found.value <= found.bound + 1e-6


def test_the_verifier_sees_each_limit_that_is_broken() -> None:
    problem = made(SMALL_CITY, 1)
    plan = sections(greedy(problem))
    limits, offers = problem.limits, problem.offers
    offer, source, pool, slots = plan[0]
    assert (
        violations(problem, [*plan, plan[0]])["rooms"]
        or violations(problem, [plan[0]] * 9)["rooms"]
    )
    assert violations(problem, [plan[0]] * 9)["most"] == 1
    assert violations(problem, [(offer, source, pool, (*slots, slots[0]))])["meetings"] == 1
    other = tuple(range(len(slots))) if offers.window[offer] else tuple(range(15, 15 + len(slots)))
    assert violations(problem, [(offer, source, pool, other)])["window"] == 1
    poor = replace(problem, limits=replace(limits, budget=1.0))
    assert violations(poor, plan)["budget"] == 1
    assert violations(problem, [])["town"] == int((limits.floor > 0).sum())
    urban = [it for it in plan if not problem.sites.rural[offers.site[it[0]]]]
    assert violations(problem, urban[:1])["rural"] == 1


def test_the_verifier_sees_teachers_who_are_not_there() -> None:
    problem = made(SMALL_CITY, 1)
    plan = sections(greedy(problem))
    hire = len(problem.staff.sources) - 1
    own = next(it for it in plan if it[1] != hire)
    course, site = problem.offers.course[own[0]], problem.offers.site[own[0]]
    kinds = problem.staff.teaches.shape[1]
    kind = problem.sites.district[site] * kinds + problem.templates.qualification[course]
    hired = (own[0], hire, len(problem.staff.pool_id) + int(kind), own[3])
    assert not violations(problem, [hired])["cap"]
    nobody = replace(
        problem, staff=replace(problem.staff, hours=np.zeros(len(problem.staff.hours)))
    )
    assert violations(nobody, [own])["hours"] == 1
    assert violations(problem, [(own[0], 1 - own[1], own[2], own[3])])["qualified"] == 1
    assert violations(problem, [own, own])["clash"] == 1
    no_hires = replace(
        problem, staff=replace(problem.staff, hires_left=np.zeros(2, dtype=np.int64))
    )
    assert violations(no_hires, [hired])["cap"] == 1


def test_more_money_never_covers_less_by_the_bound() -> None:
    problem = made(SMALL_CITY, 4)
    limits = problem.limits
    budgets = [replace(limits, budget=share * limits.budget) for share in (0.5, 1.0, 2.0)]
    bounds = [planned(replace(problem, limits=each), 1.0).bound for each in budgets]
    assert bounds == sorted(bounds)


def test_a_floor_that_nothing_can_meet_is_refused_by_name() -> None:
    problem = made(SMALL_CITY, 1)
    poor = replace(problem, limits=replace(problem.limits, budget=100.0))
    with pytest.raises(PlanningError, match="towns can't get their floor"):
        planned(poor)


def test_a_stopped_search_keeps_a_whole_plan_with_its_bound() -> None:
    problem = made(SMALL_CITY, 2)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    found = solve(
        problem, clock=time.monotonic, seconds=60, rng=np.random.default_rng(0), stop=stop
    )
    assert found.stopped
    assert not any(violations(problem, sections(found.draft)).values())
    assert found.value <= found.bound


def test_the_price_of_a_floor_is_what_the_plan_gains_without_it() -> None:
    problem = made(replace(SMALL_CITY, rural_share=0.6), 1)
    found = planned(problem, 1.0)
    prices = floor_prices(
        problem, found, clock=time.monotonic, seconds=1.0, rng=np.random.default_rng(0)
    )
    assert [it.floor for it in prices] == ["rural", "town"]
    assert prices[0].lost > 0
    assert all(it.lost >= 0 and it.bound_lost >= 0 for it in prices)


def test_a_section_taken_out_and_put_back_leaves_the_draft_as_it_was() -> None:
    draft = greedy(made(SMALL_CITY, 5))
    value, spent = draft.value, draft.spent
    for number in list(draft.lines):
        lost = draft.loss(number)
        line = draft.remove(number)
        assert draft.value == pytest.approx(value - lost)
        assert draft.put(line) is not None
    assert draft.value == pytest.approx(value)
    assert draft.spent == pytest.approx(spent)
    assert not any(violations(draft.problem, sections(draft)).values())


@given(st.integers(0, 5), st.integers(1, 4), st.data())
def test_meetings_counted_by_slot_can_be_dealt_out_to_sections(
    sections: int, meetings: int, data: st.DataObject
) -> None:
    slots = st.lists(st.integers(0, 6), min_size=meetings, max_size=meetings, unique=True)
    wanted = data.draw(st.lists(slots, min_size=sections, max_size=sections))
    times = {slot: sum(slot in own for own in wanted) for slot in range(7)}
    found = dealt(times, sections, meetings)
    assert all(len(set(own)) == len(own) == meetings for own in found)
    assert {slot: sum(slot in own for own in found) for slot in range(7)} == times
