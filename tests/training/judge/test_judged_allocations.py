from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from training.judge.allocation import judge_allocation
from training.judge.truth import Truth

TruthOf = Callable[..., Truth]
Pairs = list[tuple[str, str]]

CHOICES = {"a": ["x", "y"], "b": ["x", "y"], "c": ["x"], "d": ["y"]}
SEATS = {"x": 1, "y": 1, "z": 2}
PRIORITY = {"a": 2, "b": 1, "c": 3, "d": 4}
"""b before a before c before d, at every section."""


def round_of(
    choices: Mapping[str, list[str]], seats: Mapping[str, int], priority: Mapping[str, int] | None
) -> dict[str, Any]:
    rows = [
        {"learner_id": learner, "section_id": section, "choice_rank": rank}
        | ({"priority": priority[learner]} if priority else {})
        for learner, sections in choices.items()
        for rank, section in enumerate(sections, start=1)
    ]
    return {
        "applications": pl.DataFrame(rows),
        "sections": {"section_id": list(seats), "capacity": list(seats.values())},
    }


def answer(tmp_path: Path, pairs: Pairs, **columns: list[Any]) -> Path:
    path = tmp_path / "seats.parquet"
    learners, sections = ([pair[side] for pair in pairs] for side in (0, 1))
    pl.DataFrame({"learner_id": learners, "section_id": sections, **columns}).write_parquet(path)
    return path


def judged(truth: Truth, path: Path, each: int = 1) -> dict[str, Any]:
    return judge_allocation(truth, path, seats_each=each)


def test_a_stable_allocation_of_a_hand_sized_round(truth_of: TruthOf, tmp_path: Path) -> None:
    """b wins x, a takes y; c and d get nothing, and z is asked for by nobody."""
    truth = truth_of(**round_of(CHOICES, SEATS, PRIORITY))
    found = judged(truth, answer(tmp_path, [("b", "x"), ("a", "y")]))
    assert found["blocking_pairs"] == {"total": 0, "wasted": 0, "envy": 0}
    assert (found["admitted"], found["unfilled_seats"]) == (2, 2)
    assert (found["matched_share"], found["mean_rank"]) == (0.5, 1.5)
    assert [(row["won"], row["applications"]) for row in found["win_rate_by_choice"]] == [
        (1, 4),
        (1, 2),
    ]
    assert set(found["violations"].values()) == {0}
    top = found["contested"]["top"]
    assert [(row["section_id"], row["ratio"]) for row in top] == [("x", 3.0), ("y", 3.0)]


def test_a_free_seat_that_somebody_wants_is_wasted(truth_of: TruthOf, tmp_path: Path) -> None:
    """y stays free: a and d want it; b holds what she likes better."""
    truth = truth_of(**round_of(CHOICES, SEATS, PRIORITY))
    found = judged(truth, answer(tmp_path, [("b", "x")]))
    assert found["blocking_pairs"] == {"total": 2, "wasted": 2, "envy": 0}


def test_a_seat_given_past_somebody_is_envied(truth_of: TruthOf, tmp_path: Path) -> None:
    """c has x: a and b stood before her; d has y: a and b stood before her too."""
    truth = truth_of(**round_of(CHOICES, SEATS, PRIORITY))
    found = judged(truth, answer(tmp_path, [("c", "x"), ("d", "y")]))
    assert found["blocking_pairs"] == {"total": 4, "wasted": 0, "envy": 4}


def test_who_holds_a_better_choice_envies_nobody(truth_of: TruthOf, tmp_path: Path) -> None:
    """b has x; a alone stood before d at y."""
    truth = truth_of(**round_of(CHOICES, SEATS, PRIORITY))
    found = judged(truth, answer(tmp_path, [("b", "x"), ("d", "y")]))
    assert found["blocking_pairs"]["envy"] == 1


@pytest.mark.parametrize("column", ["absent", "empty"])
def test_without_priorities_envy_is_unknown(truth_of: TruthOf, tmp_path: Path, column: str) -> None:
    tables = round_of(CHOICES, SEATS, None)
    if column == "empty":
        empty = pl.lit(None, dtype=pl.Int64).alias("priority")
        tables["applications"] = tables["applications"].with_columns(empty)
    truth = truth_of(**tables)
    found = judged(truth, answer(tmp_path, [("c", "x")]))
    assert found["blocking_pairs"] == {"total": 3, "wasted": 3, "envy": None}
    assert "no envy" in " ".join(found["notes"])


def test_the_published_lottery_of_the_file_orders_equals(truth_of: TruthOf, tmp_path: Path) -> None:
    """Only admitted rows hold seats; the number a drew for x holds at y as well."""
    truth = truth_of(**round_of({"a": ["x", "y"], "b": ["y"]}, {"x": 0, "y": 1}, None))
    rows = [("a", "x"), ("b", "y")]
    for numbers, envy in (([1, 2], 1), ([2, 1], 0)):
        path = answer(tmp_path, rows, status=["waitlist", "admitted"], lottery=numbers)
        found = judged(truth, path)
        assert (found["admitted"], found["blocking_pairs"]["envy"]) == (1, envy)


def test_a_class_of_priority_goes_before_the_lottery(truth_of: TruthOf, tmp_path: Path) -> None:
    truth = truth_of(**round_of({"a": ["x"], "b": ["x"]}, {"x": 1}, {"a": 1, "b": 2}))
    path = answer(
        tmp_path,
        [("a", "x"), ("b", "x")],
        status=["waitlist", "admitted"],
        lottery=[2, 1],
    )
    assert judged(truth, path)["blocking_pairs"]["envy"] == 1


def test_seats_nobody_may_have_are_violations(truth_of: TruthOf, tmp_path: Path) -> None:
    """x holds two on one seat, a two seats; d and a stranger never asked for x or z."""
    truth = truth_of(**round_of(CHOICES, SEATS, PRIORITY))
    pairs = [("a", "x"), ("a", "y"), ("d", "x"), ("stranger", "z")]
    path = answer(tmp_path, pairs)
    assert judged(truth, path)["violations"] == {
        "over_filled_sections": 1,
        "not_applied": 2,
        "learners_with_too_many_seats": 1,
    }
    assert judged(truth, path, each=2)["violations"]["learners_with_too_many_seats"] == 0


def test_who_may_hold_two_wants_a_second(truth_of: TruthOf, tmp_path: Path) -> None:
    truth = truth_of(**round_of({"a": ["x", "y"]}, {"x": 1, "y": 1}, PRIORITY))
    path = answer(tmp_path, [("a", "x")])
    assert judged(truth, path)["blocking_pairs"]["wasted"] == 0
    assert judged(truth, path, each=2)["blocking_pairs"]["wasted"] == 1


def test_applications_without_known_seats_are_left_out_and_said(
    truth_of: TruthOf, tmp_path: Path
) -> None:
    truth = truth_of(**round_of({"a": ["q", "x"]}, {"x": 1}, PRIORITY))
    found = judged(truth, answer(tmp_path, [("a", "x")]))
    assert found["applications"] == 1
    assert found["notes"][0].startswith("1 applications for sections without known seats")


def random_round(seed: int) -> tuple[dict[str, list[str]], dict[str, int], dict[str, int]]:
    rng = np.random.default_rng(seed)
    sections = [f"s{n}" for n in range(8)]
    choices = {f"l{n:02}": list(rng.permutation(sections)[:3]) for n in range(60)}
    order = rng.permutation(60)
    return (
        choices,
        {section: int(rng.integers(1, 7)) for section in sections},
        {learner: int(order[n]) for n, learner in enumerate(choices)},
    )


def deferred_acceptance(
    choices: dict[str, list[str]], seats: dict[str, int], number: dict[tuple[str, str], int]
) -> Pairs:
    left = {learner: [*asked] for learner, asked in choices.items()}
    held: defaultdict[str, list[str]] = defaultdict(list)
    free = [*choices]
    while free:
        if left[learner := free.pop()]:
            held[section := left[learner].pop(0)].append(learner)
            held[section].sort(key=lambda who, at=section: number[who, at])
            free += held[section][seats[section] :]
            del held[section][seats[section] :]
    return [(learner, section) for section, found in held.items() for learner in found]


@pytest.mark.parametrize("seed", range(5))
def test_deferred_acceptance_has_no_blocking_pair(
    truth_of: TruthOf, tmp_path: Path, seed: int
) -> None:
    """Each section has an order of its own, told by the truth."""
    choices, seats, _ = random_round(seed)
    rng = np.random.default_rng(seed)
    number = {(u, s): int(rng.integers(10**9)) for u, c in choices.items() for s in c}
    tables = round_of(choices, seats, None)
    own = [
        number[u, s] for u, s in tables["applications"].select("learner_id", "section_id").rows()
    ]
    tables["applications"] = tables["applications"].with_columns(pl.Series("priority", own))
    found = judged(
        truth_of(**tables), answer(tmp_path, deferred_acceptance(choices, seats, number))
    )
    assert found["blocking_pairs"] == {"total": 0, "wasted": 0, "envy": 0}
    assert set(found["violations"].values()) == {0}


@pytest.mark.parametrize("seed", range(5))
def test_taking_learners_in_any_order_leaves_envy_but_wastes_nothing(
    truth_of: TruthOf, tmp_path: Path, seed: int
) -> None:
    choices, seats, priority = random_round(seed)
    truth = truth_of(**round_of(choices, seats, priority))
    left, given = dict(seats), []
    for learner in np.random.default_rng(seed).permutation(sorted(choices)):
        first = next((section for section in choices[learner] if left[section]), None)
        if first is not None:
            left[first] -= 1
            given.append((learner, first))
    found = judged(truth, answer(tmp_path, given))["blocking_pairs"]
    assert found["wasted"] == 0
    assert found["envy"] > 0


@pytest.mark.parametrize("seed", range(3))
def test_blocking_pairs_agree_with_a_plain_search(
    truth_of: TruthOf, tmp_path: Path, seed: int
) -> None:
    """Half of the learners hold any one of their choices that is free."""
    choices, seats, priority = random_round(seed)
    left, held = dict(seats), {}
    for learner in sorted(choices)[::2]:
        if left[section := choices[learner][-1]]:
            held[learner] = section
            left[section] -= 1
    wasted = envy = 0
    for learner, sections in choices.items():
        better = sections[: sections.index(held[learner])] if learner in held else sections
        for section in better:
            rivals = [priority[who] for who, seat in held.items() if seat == section]
            wasted += left[section] > 0
            envy += left[section] == 0 and priority[learner] < max(rivals)
    found = judged(
        truth_of(**round_of(choices, seats, priority)), answer(tmp_path, list(held.items()))
    )
    assert found["blocking_pairs"] == {"total": wasted + envy, "wasted": wasted, "envy": envy}
