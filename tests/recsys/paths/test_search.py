"""The best path: held against every path there is, and by known worlds."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.paths.levels import Wanted
from recsys.paths.options import Budget, Option
from recsys.paths.search import Found, best_path
from tests.recsys.paths.conftest import (
    allowed,
    later,
    lift,
    order,
    section,
    step,
    subsets,
    worth,
)

UNIT = 60_000
"""Whole units of gain in one unit of importance."""

NOTHING = dict[str, int]()
WELD3 = (Wanted("weld", 1.0, 3),)


def found(
    options: Sequence[Option],
    wanted: Sequence[Wanted] = WELD3,
    budget: Budget | None = None,
    held: dict[str, int] | None = None,
) -> Found:
    """The best path when there is time enough."""
    return best_path(
        options, held or {}, wanted, budget or Budget(), clock=lambda: 0.0, time_limit_s=60.0
    )


def ids(path: Found) -> set[str]:
    return {option.section_id or option.step.course_id for option in path.chosen}


levels = st.integers(1, 3)
lifts = st.builds(
    lambda skill, to, rise: lift(skill, max(0, to - rise), to),
    st.sampled_from(["weld", "read"]),
    levels,
    st.integers(1, 2),
)


@st.composite
def worlds(draw: st.DrawFn) -> list[Option]:
    """Up to four courses and seven options of them."""
    options: list[Option] = []
    for number in range(draw(st.integers(1, 4))):
        course = step(
            f"c{number}",
            *draw(st.lists(lifts, min_size=1, max_size=2, unique_by=lambda it: it.skill_id)),
            hours=draw(st.sampled_from([8.0, 10.5, 16.0])),
            prerequisites=draw(st.lists(st.sampled_from(["c0", "c1", "c9"]), max_size=1))
            if number > 1
            else [],
        )
        if draw(st.booleans()):
            options += [later(course, n) for n in (1, 2)]
            continue
        weeks = draw(st.lists(st.integers(0, 14), min_size=1, max_size=2, unique=True))
        for week in weeks:
            slots, fee = draw(st.integers(0, 3)), draw(st.sampled_from([0, 100, 250]))
            options.append(section(course, week, slots=slots, price_fen=fee))
    return options


budgets = st.builds(
    Budget,
    max_hours=st.none() | st.sampled_from([8.0, 20.0, 30.5]),
    max_terms=st.none() | st.integers(0, 2),
    budget_fen=st.none() | st.sampled_from([0, 200, 400]),
)


@settings(max_examples=50)
@given(
    options=worlds(),
    budget=budgets,
    held=st.dictionaries(st.sampled_from(["weld", "read"]), levels, max_size=1),
    asked=st.lists(
        st.builds(
            Wanted, st.sampled_from(["weld", "read"]), st.sampled_from([0.0, 0.3, 0.9]), levels
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda it: it.skill_id,
    ),
)
def test_no_path_of_a_small_world_is_better(
    options: list[Option], budget: Budget, held: dict[str, int], asked: list[Wanted]
) -> None:
    path = found(options, asked, budget, held)
    assert path.proven
    assert allowed(path.chosen, budget)
    possible = [each for each in subsets(options) if allowed(each, budget)]
    best = min(order(each, options, held, asked) for each in possible)
    assert order(path.chosen, options, held, asked) == best
    assert path.gain == path.bound == round(UNIT * worth(path.chosen, held, asked))


BASIC, MIDDLE, HIGH = (
    step(name, lift("weld", to - 1, to)) for name, to in (("a", 1), ("b", 2), ("c", 3))
)


def test_a_climb_goes_level_by_level_as_dates_allow() -> None:
    steps = [section(BASIC, 0), section(MIDDLE, 4), section(MIDDLE, 2), section(HIGH, 9)]
    assert ids(found(steps)) == {"a@0", "b@4", "c@9"}
    # without the second class of the middle level nothing follows the first
    assert ids(found([steps[0], steps[2], steps[3]])) == {"a@0"}


def test_what_is_held_is_not_learned_again() -> None:
    steps = [section(BASIC, 0), section(MIDDLE, 0), section(HIGH, 4)]
    assert ids(found(steps, held={"weld": 1})) == {"b@0", "c@4"}


def test_prerequisites_are_completed_before_though_they_teach_nothing_wanted() -> None:
    theory = step("theory")
    practice = step("practice", lift("weld", 0, 3), prerequisites=["theory"])
    assert ids(found([section(practice, 5), section(theory, 0)])) == {"theory@0", "practice@5"}
    assert ids(found([section(practice, 5), section(theory, 3)])) == set()


def test_one_evening_is_spent_once() -> None:
    read = Wanted("read", 0.5, 1)
    steps = [
        section(BASIC, 0, slots=4),
        section(step("r", lift("read", 0, 1)), 1, slots=4),
    ]
    assert ids(found(steps, (*WELD3, read))) == {"r@1"}  # half its weight against a third of one
    assert ids(found([steps[0], section(steps[1].step, 4, slots=4)], (*WELD3, read))) == {
        "a@0",
        "r@4",
    }


def test_what_is_on_offer_goes_before_what_is_not_though_it_takes_longer() -> None:
    short, long = (step(name, lift("weld", 0, 3), hours=h) for name, h in (("s", 4.0), ("l", 40.0)))
    assert ids(found([later(short), section(long, 0)])) == {"l@0"}
    assert ids(found([later(short), section(long, 0)], budget=Budget(max_hours=10))) == {"s"}


def test_later_terms_follow_the_sections_and_each_other() -> None:
    steps = [section(BASIC, 0), *(later(it, n) for it in (MIDDLE, HIGH) for n in (1, 2))]
    path = found(steps)
    assert [(it.step.course_id, it.later) for it in path.chosen] == [("a", 0), ("b", 1), ("c", 2)]
    assert ids(found(steps, budget=Budget(max_terms=2))) == {"a@0", "b"}


def test_what_has_no_price_fits_no_stated_budget() -> None:
    assert ids(found([later(BASIC)])) == {"a"}
    assert ids(found([later(BASIC)], budget=Budget(budget_fen=10**6))) == set()


def test_of_equals_the_first_id_is_taken_whatever_the_order_of_the_question() -> None:
    same = [section(BASIC, week, slots=1) for week in (0, 5, 8)]
    for shuffled in itertools.permutations(same):
        assert ids(found(shuffled)) == {"a@0"}


def test_the_clock_stops_the_search_and_the_bound_stays_honest() -> None:
    many = [
        section(
            step(f"c{n:03}", lift(f"k{n % 7}", n % 3, n % 3 + 1), lift(f"k{n % 5}", 0, 1)),
            week=n % 13,
            slots=1 << (n % 5),
            price_fen=n * 37 % 11,
        )
        for n in range(60)
    ]
    asked = [Wanted(f"k{n}", 0.5 + n / 20, 3) for n in range(7)]
    ticks = itertools.count()
    hurried = best_path(
        many, {}, asked, Budget(max_hours=60), clock=lambda: float(next(ticks)), time_limit_s=0.0
    )
    assert allowed(hurried.chosen, Budget(max_hours=60))
    assert hurried.gain == round(UNIT * worth(hurried.chosen, {}, asked))
    assert hurried.bound >= found(many, asked, Budget(max_hours=60)).gain >= hurried.gain
    assert hurried.proven <= (hurried.bound == hurried.gain)


@pytest.mark.parametrize("wanted", [(), (Wanted("weld", 0.0, 3),), (Wanted("read", 1.0, 1),)])
def test_where_nothing_helps_the_path_is_empty_and_proven(wanted: tuple[Wanted, ...]) -> None:
    assert found([section(BASIC, 0)], wanted) == Found((), 0, 0, proven=True)
