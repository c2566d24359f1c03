"""What if: one section, teacher or venue more or less, and what that changes.

The plan stays as it is but for what the change touches: sections of a teacher or room that goes
are given to others or closed, and what then adds most for its price is opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from recsys.planning.opening.draft import EPS, Draft, Line
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.greedy import fill
from recsys.planning.opening.problem import Problem, Reals, Staff
from recsys.planning.opening.tables import tables_of


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to a plan.

    Attributes:
        worth: gained, below zero where lost.
        cost: yuan more.
        coverage: share of everything needed that is covered more.
        opened: sections that weren't in the plan.
        closed: sections that are no more.
        draft: the plan after the change.
    """

    worth: float
    cost: float
    coverage: float
    opened: tuple[Line, ...]
    closed: tuple[Line, ...]
    draft: Draft


def drop_section(draft: Draft, number: int) -> Effect:
    """The plan without one of its sections, nothing in its place."""
    after = draft.copy()
    line = after.remove(number)
    return _effect(draft, after, (), (line,))


def add_section(draft: Draft, offer: int, sources: Sequence[int]) -> Effect:
    """The plan with one more section, by the first source of a teacher that can.

    The budget doesn't stand against it: a plan has spent it, and what the section would cost is
    what is asked.

    Raises:
        PlanningError: another limit stands against it: rooms or staff.
    """
    after, problem = draft.copy(), draft.problem
    after.problem = replace(problem, limits=replace(problem.limits, budget=np.inf))
    numbers = (after.add(offer, source) for source in sources)
    number = next((it for it in numbers if it is not None), None)
    after.problem = problem
    if number is None:
        message = (
            "the section can't be added: a free room in that part of the week or a teacher is "
            "missing, or as many sections of it are open as applicants are expected for"
        )
        raise PlanningError(message)
    return _effect(draft, after, (after.lines[number],), ())


def without_venue(draft: Draft, site: int, price: Reals) -> Effect:
    """The plan where a venue can't be used."""
    sites = draft.problem.sites
    free = sites.free.copy()
    free[site] = 0
    return carry(draft, replace(draft.problem, sites=replace(sites, free=free)), price)


def without_teacher(draft: Draft, pool: int, price: Reals) -> Effect:
    """The plan where a teacher is gone."""
    staff = draft.problem.staff
    hours = staff.hours.copy()
    hours[pool] = 0.0
    return carry(draft, replace(draft.problem, staff=replace(staff, hours=hours)), price)


def with_teacher(
    draft: Draft, district: int, qualification: int, source: int, hours: float, price: Reals
) -> Effect:
    """The plan where there is one more teacher.

    Args:
        draft: the plan.
        district: where the teacher works.
        qualification: what is known.
        source: index of the teacher's role.
        hours: class hours a week.
        price: of a section by offer and source.
    """
    staff = draft.problem.staff
    row = csr_array(([1.0], ([0], [qualification])), shape=(1, staff.teaches.shape[1]))
    more = Staff(
        (*staff.pool_id, "new"),
        np.append(staff.district, district),
        np.append(staff.source, source),
        np.append(staff.hours, hours),
        np.append(staff.heads, 1),
        csr_array(vstack([staff.teaches, row], format="csr")),
        staff.sources,
        staff.rate,
        staff.hires_left,
        staff.hire_hours,
    )
    return carry(draft, replace(draft.problem, staff=more), price)


def carry(draft: Draft, problem: Problem, price: Reals) -> Effect:
    """The plan in a problem with the same offers, mended and filled up.

    Args:
        draft: the plan.
        problem: where it is to stand.
        price: of a section by offer and source.
    """
    after = Draft(problem, tables_of(problem))
    shift = len(problem.staff.pool_id) - len(draft.problem.staff.pool_id)
    hire = len(problem.staff.sources) - 1
    lost: list[Line] = []
    for line in draft.lines.values():
        own = replace(line, pool=line.pool + shift) if line.source == hire else line
        if after.put(own) is None:
            lost.append(line)
    for line in lost:
        any(after.add(line.offer, source) is not None for source in _cheapest(price, line.offer))
    fill(after, np.maximum(price, EPS), keep_balance=True)
    before, now = _bag(draft), _bag(after)
    opened = [line for line in after.lines.values() if _over(line, now, before)]
    closed = [line for line in draft.lines.values() if _over(line, before, now)]
    return _effect(draft, after, tuple(opened), tuple(closed))


def _cheapest(price: Reals, offer: int) -> list[int]:
    order: list[int] = np.argsort(price[offer], kind="stable").tolist()
    return order


def _bag(draft: Draft) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in draft.lines.values():
        found[line.offer] = found.get(line.offer, 0) + 1
    return found


def _over(line: Line, here: dict[int, int], there: dict[int, int]) -> bool:
    """Whether there are more sections of a line's offer here than there; takes one away."""
    more = here.get(line.offer, 0) > there.get(line.offer, 0)
    if more:
        here[line.offer] -= 1
    return more


def _effect(
    before: Draft, after: Draft, opened: tuple[Line, ...], closed: tuple[Line, ...]
) -> Effect:
    worth = after.value - before.value
    total = before.problem.cells.worth
    share = worth / total if total > 0 else 0.0
    return Effect(worth, after.spent - before.spent, share, opened, closed, after)
