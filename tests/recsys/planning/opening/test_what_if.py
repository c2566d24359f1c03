"""What if: the change told is the difference between two plans that both keep every limit."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.planning.opening.draft import Draft
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.greedy import greedy
from recsys.planning.opening.verify import covered_worth, violations
from recsys.planning.opening.what_if import (
    Effect,
    add_section,
    drop_section,
    with_teacher,
    without_teacher,
    without_venue,
)
from training.bench.planning.instance import Size, made

SIZE = Size(towns=8, sites=20, skills=8, districts=2, budget_share=0.3, floor=0, rural_share=0.0)


@pytest.fixture(scope="module")
def draft() -> Draft:
    return greedy(made(SIZE, 1))


def held(before: Draft, effect: Effect) -> None:
    after = effect.draft
    plan = [(it.offer, it.source, it.pool, it.slots) for it in after.lines.values()]
    assert not any(violations(after.problem, plan).values())
    assert effect.worth == pytest.approx(covered_worth(after.problem, plan) - before.value)
    assert effect.cost == pytest.approx(after.spent - before.spent)
    assert len(after.lines) - len(before.lines) == len(effect.opened) - len(effect.closed)


def test_a_section_dropped_loses_what_it_closed(draft: Draft) -> None:
    number = min(draft.lines)
    effect = drop_section(draft, number)
    held(draft, effect)
    assert effect.worth == pytest.approx(-draft.loss(number))
    assert number in draft.lines


def test_a_section_dropped_can_be_added_again(draft: Draft) -> None:
    number = min(draft.lines)
    line = draft.lines[number]
    without = drop_section(draft, number).draft
    effect = add_section(without, line.offer, [line.source])
    held(without, effect)
    assert effect.draft.value == pytest.approx(draft.value)


def test_a_section_beyond_the_budget_is_told_with_its_cost(draft: Draft) -> None:
    poor = draft.copy()
    poor.problem = replace(poor.problem, limits=replace(poor.problem.limits, budget=poor.spent))
    rich = draft.copy()
    rich.problem = replace(rich.problem, limits=replace(rich.problem.limits, budget=np.inf))
    offer = int(np.flatnonzero(rich.possible().any(axis=1))[0])
    effect = add_section(poor, offer, [0, 1, 2])
    assert effect.cost > 0
    assert effect.draft.problem is poor.problem


def test_a_section_without_a_room_is_refused(draft: Draft) -> None:
    sites = draft.problem.sites
    full = replace(draft.problem, sites=replace(sites, free=np.zeros_like(sites.free)))
    with pytest.raises(PlanningError, match="free room"):
        add_section(Draft(full), 0, [0, 1, 2])


def test_a_venue_that_closes_hosts_nothing(draft: Draft) -> None:
    site = draft.tables.site[draft.lines[min(draft.lines)].offer]
    effect = without_venue(draft, site, draft.tables.section_cost)
    held(draft, effect)
    assert effect.closed
    assert all(draft.tables.site[it.offer] != site for it in effect.draft.lines.values())


def test_a_teacher_who_leaves_teaches_nothing(draft: Draft) -> None:
    hire = len(draft.problem.staff.sources) - 1
    pool = next(it.pool for it in draft.lines.values() if it.source != hire)
    effect = without_teacher(draft, pool, draft.tables.section_cost)
    held(draft, effect)
    assert all(it.pool != pool or it.source == hire for it in effect.draft.lines.values())


def test_one_more_teacher_never_loses_anything(draft: Draft) -> None:
    price = draft.tables.section_cost
    effect = with_teacher(draft, 0, 0, 0, 12.0, price)
    held(draft, effect)
    assert effect.worth >= -1e-9
    assert not np.isnan(effect.coverage)
