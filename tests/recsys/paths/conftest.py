"""Courses, sections and the best path by trying every one: small enough to be sure of."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, combinations

from recsys.paths.levels import Lift, Wanted
from recsys.paths.options import Budget, Option, Step

FIRST = date(2025, 9, 1)


def lift(skill: str, level_from: int, level_to: int) -> Lift:
    return Lift(skill, level_from, level_to, level_known=True, weight=1.0)


def step(course: str, *lifts: Lift, hours: float = 10.0, prerequisites: Sequence[str] = ()) -> Step:
    return Step(course, hours, lifts, frozenset(prerequisites), credits=1.0)


def section(of: Step, week: int, weeks: int = 4, *, slots: int = 0, price_fen: int = 0) -> Option:
    """A section of a course from one week to another."""
    starts = FIRST + timedelta(weeks=week)
    return Option(
        of,
        f"{of.course_id}@{week}",
        f"term-{week // 10}",
        starts,
        starts + timedelta(weeks=weeks, days=-1),
        slots,
        price_fen,
    )


def later(of: Step, number: int = 1) -> Option:
    """A course in a later term."""
    return Option(of, None, f"later-{number}", later=number)


def subsets(options: Sequence[Option]) -> Iterator[tuple[Option, ...]]:
    return chain.from_iterable(combinations(options, n) for n in range(len(options) + 1))


def over(first: Option, then: Option) -> bool:
    """The rule of time once more, by days alone."""
    return _days(first)[1] < _days(then)[0]


def _days(option: Option) -> tuple[int, int]:
    if option.later:
        return 10**7 + 10 * option.later, 10**7 + 10 * option.later + 5
    assert option.starts_on is not None
    assert option.ends_on is not None
    return option.starts_on.toordinal(), option.ends_on.toordinal()


def allowed(path: Sequence[Option], budget: Budget) -> bool:
    """Whether a learner can go this path."""
    courses = [option.step.course_id for option in path]
    meet = (
        one.slots & other.slots and not over(one, other) and not over(other, one)
        for one, other in combinations(path, 2)
    )
    lacking = (
        course not in {p.step.course_id for p in path if over(p, option)}
        for option in path
        for course in option.step.prerequisites
    )
    return (
        len(set(courses)) == len(courses)
        and not any(meet)
        and not any(lacking)
        and _within(path, budget)
    )


def _within(path: Sequence[Option], budget: Budget) -> bool:
    if budget.max_hours is not None and sum(it.step.hours for it in path) > budget.max_hours:
        return False
    if budget.max_terms is not None and len({it.term for it in path}) > budget.max_terms:
        return False
    if budget.budget_fen is None:
        return True
    fees = [it.price_fen for it in path]
    return None not in fees and sum(fee or 0 for fee in fees) <= budget.budget_fen


def levels_after(path: Sequence[Option], held: Mapping[str, int]) -> Mapping[str, int]:
    """Levels reached: what works is found again and again until nothing more does."""
    works: set[tuple[int, int]] = set()
    while True:
        before = len(works)
        for n, option in enumerate(path):
            for k, it in enumerate(option.step.lifts):
                brought = held.get(it.skill_id, 0)
                for m, j in works:
                    other = path[m].step.lifts[j]
                    if other.skill_id == it.skill_id and over(path[m], option):
                        brought = max(brought, other.level_to)
                if brought >= it.level_from:
                    works.add((n, k))
        if len(works) == before:
            break
    reached = dict(held)
    for n, k in works:
        it = path[n].step.lifts[k]
        reached[it.skill_id] = max(reached.get(it.skill_id, 0), it.level_to)
    return reached


def worth(path: Sequence[Option], held: Mapping[str, int], wanted: Sequence[Wanted]) -> float:
    """The weighted gap that a path closes."""
    after = levels_after(path, held)
    return sum(
        it.importance
        * (min(after.get(it.skill_id, 0), it.level) - min(held.get(it.skill_id, 0), it.level))
        / it.level
        for it in wanted
    )


def order(
    path: Sequence[Option],
    options: Sequence[Option],
    held: Mapping[str, int],
    wanted: Sequence[Wanted],
) -> tuple[float, ...]:
    """What makes a path better than another: less is better."""
    dearest = max(option.price_fen or 0 for option in options)
    places = {option.key: n for n, option in enumerate(sorted(options, key=lambda it: it.key))}
    fees = [dearest if it.price_fen is None else it.price_fen for it in path]
    return (
        -round(worth(path, held, wanted), 6),
        sum(it.later > 0 for it in path),
        sum(it.step.hours for it in path),
        sum(fees),
        sum(places[it.key] + 1 for it in path),
    )
