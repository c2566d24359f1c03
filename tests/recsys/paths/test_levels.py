"""What a learner holds, what is asked for, and how far that is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.paths.distance import degree, distance
from recsys.paths.levels import (
    Held,
    Wanted,
    best_held,
    joined,
    lifts_of,
    presumed,
    taught,
    wanted_of,
)


def course(**facts: Any) -> dict[str, Any]:
    tie = {"skill_id": "weld", "weight": 1.0, "level_to": facts.pop("level_to", None)}
    return {"layer": None, "skill_level": None, "skills": [tie], **facts}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"level_to": 3}, (2, 3, True)),
        ({"level_to": 3, "layer": "intro"}, (0, 3, True)),
        ({"skill_level": 2}, (1, 2, True)),
        ({}, (0, 1, False)),
    ],
)
def test_a_course_begins_a_level_below_where_it_leads_unless_it_is_for_beginners(
    facts: dict[str, Any], expected: tuple[int, int, bool]
) -> None:
    (lift,) = lifts_of(course(**facts))
    assert (lift.level_from, lift.level_to, lift.level_known) == expected


def test_a_course_that_spends_nothing_on_a_skill_lifts_nothing() -> None:
    tie = {"skill_id": "weld", "weight": 0.0, "level_to": 3}
    assert lifts_of(course(skills=[tie])) == ()


def test_of_several_proofs_the_highest_counts_and_of_equals_the_surest() -> None:
    proofs = [
        Held("weld", 2, True, "occupation", "job"),
        Held("weld", 2, True, "course", "c2"),
        Held("weld", 1, True, "stated"),
        Held("read", 1, False, "course", "c1"),
        Held("read", 1, True, "occupation", "job"),
    ]
    best = best_held(proofs)
    assert [(it.skill_id, it.level, it.origin) for it in best.values()] == [
        ("read", 1, "occupation"),
        ("weld", 2, "course"),
    ]


def test_a_skill_without_a_level_counts_as_the_lowest_and_says_so() -> None:
    (asked,) = wanted_of([{"skill_id": "weld", "importance": 0.9, "level": None}])
    assert (asked.level, asked.level_known) == (1, False)
    (held,) = taught("c", lifts_of(course()))
    assert (held.level, held.level_known, held.source) == (1, False, "c")
    assert presumed("job", [asked])[0].level_known is False


def test_what_no_record_speaks_of_is_unknown_and_not_level_nought() -> None:
    asked = [Wanted("weld", 0.9, 3), Wanted("read", 0.3, 1), Wanted("draw", 0.6, 2)]
    held = best_held([Held("weld", 1, True, "stated")])
    found = distance(held, asked)
    assert found.unknown == ("draw", "read")
    assert [(gap.wanted.skill_id, gap.missing) for gap in found.gaps] == [
        ("weld", 2),
        ("draw", 2),
        ("read", 1),
    ]
    assert found.gaps[1].held is None
    assert found.degree == pytest.approx(0.9 / 3 / 1.8)


def test_where_nothing_is_known_or_nothing_weighs_there_is_no_degree() -> None:
    assert distance({}, [Wanted("weld", 0.9, 3)]).degree is None
    assert degree({"weld": 3}, []) is None
    assert degree({"weld": 3}, [Wanted("weld", 0.0, 3)]) is None


def test_a_skill_named_beside_an_occupation_goes_by_what_was_named() -> None:
    assert joined([Wanted("weld", 0.4, 3), Wanted("read", 0.3, 1)], [Wanted("weld", 1.0, 2)]) == (
        Wanted("read", 0.3, 1),
        Wanted("weld", 1.0, 2),
    )


skills = st.sampled_from(["weld", "read", "draw"])


@given(
    held=st.dictionaries(skills, st.integers(1, 5)),
    asked=st.lists(
        st.builds(Wanted, skills, st.floats(0.1, 1), st.integers(1, 5)),
        min_size=1,
        unique_by=lambda it: it.skill_id,
    ),
    more=skills,
)
def test_learning_never_leads_farther_away_and_all_that_is_asked_for_is_all(
    held: dict[str, int], asked: list[Wanted], more: str
) -> None:
    now = degree(held, asked)
    later = degree({**held, more: min(5, held.get(more, 0) + 1)}, asked)
    assert now is not None
    assert later is not None
    assert 0 <= now <= later <= 1
    assert degree({it.skill_id: it.level for it in asked}, asked) == 1
