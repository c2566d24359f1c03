"""What rerankers may and may not do to a list, and what each is there for."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.offer import Candidates
from recsys.pipeline.scoring import adjusted, reranked
from recsys.rerankers import discover
from recsys.rerankers.cross_shelf import CrossShelf
from recsys.rerankers.diversity import Diversity, DiversityConfig
from recsys.rerankers.exploration import PROPENSITY, Exploration, ExplorationConfig
from recsys.rerankers.exposure_floor import ExposureFloor, ExposureFloorConfig
from recsys.rerankers.fatigue import Fatigue, FatigueConfig
from recsys.rerankers.seat_price import SeatPrice
from recsys.rerankers.slot_clashes import SlotClashes, SlotClashesConfig
from recsys.stages import ORDER, Reranker
from recsys.types import LearnerQuery

NOW = datetime(2025, 9, 1, 4, tzinfo=UTC)
LEARNER = LearnerQuery(as_of=NOW, learner_id="lin", personalised=True, n=4)
BUSY: dict[str, dict[str, Any]] = {
    "fatigue": {"weight": 1.0},
    "diversity": {"dial": 0.8},
    "exposure_floor": {"places": 2.0, "tolerance": 9.0},
    "slot_clashes": {"most": 5},
    "exploration": {"epsilon": 0.5},
}
"""Options under which each does something; the others do without."""


def offer(rows: int, **columns: list[Any]) -> Candidates:
    """Sections s0, s1, … with falling scores; a test states the columns it is about."""
    plain = {
        "section_id": [f"s{row}" for row in range(rows)],
        "course_id": [f"c{row // 2}" for row in range(rows)],
        "category": ["arts" if row % 3 else "health" for row in range(rows)],
        "institution_id": [f"i{row % 2}" for row in range(rows)],
        "tier": ["village" if row % 4 == 3 else "city" for row in range(rows)],
        "mode": ["offline"] * rows,
        "slots": [["3E"] if row % 2 else ["5E"] for row in range(rows)],
        "starts_on": [date(2025, 9, 15)] * rows,
        "ends_on": [date(2025, 12, 15)] * rows,
    }
    frame = pl.DataFrame({**plain, **columns})
    scores = -np.arange(rows, dtype=np.float64)
    return Candidates.of(frame).with_columns({"score": scores, ORDER: scores})


def ids(shown: Candidates) -> list[str]:
    return shown.texts("section_id")


@pytest.mark.parametrize("name", sorted(discover()))
@given(rows=st.integers(0, 30), n=st.integers(1, 12), seed=st.integers(0, 20))
def test_a_reranker_never_adds_a_section_or_shows_one_twice(
    name: str, rows: int, n: int, seed: int
) -> None:
    reranker = discover()[name]
    ranked = offer(rows) if rows else offer(1).take(np.zeros(0, dtype=np.intp))
    query = replace(LEARNER, n=n, learner_id=str(seed), on_other_shelves=frozenset({"s1"}))
    config = reranker.config_type.model_validate(BUSY.get(name, {}))
    after = Counter(ids(reranker(config).rerank(query, ranked)))
    assert set(after) <= set(ids(ranked))
    assert set(after.values()) <= {1}


@pytest.mark.parametrize("name", sorted(discover()))
def test_shipped_defaults_give_up_no_score_without_a_reason(name: str) -> None:
    ranked = offer(20, course_id=[f"c{row}" for row in range(20)])
    reranker: Reranker = discover()[name]()
    after, costs = reranked(LEARNER, ranked, ranked["score"], (reranker,), 4)
    assert ids(after) == ids(ranked)
    assert costs == {"adjustments": 0.0, name: 0.0}


def test_each_reranker_says_what_it_gave_up() -> None:
    ranked = offer(20)
    floor = ExposureFloor(ExposureFloorConfig(places=2.0, tolerance=9.0))
    after, costs = reranked(LEARNER, ranked, ranked["score"], (floor,), 4)
    assert ids(after)[:4] == ["s0", "s1", "s3", "s7"]
    assert costs["exposure_floor"] == pytest.approx((7 - 2) / 4)


def test_a_dear_seat_stands_back_behind_a_cheap_one() -> None:
    kept = offer(3, seat_price=[2.5, 0.0, 0.0])
    ordered = adjusted(LEARNER, kept, kept["score"], (SeatPrice(),))
    assert ordered[ORDER].tolist() == [-2.5, -1.0, -2.0]
    assert ordered["score"].tolist() == [0.0, -1.0, -2.0], "what learners want stays known"


def test_without_a_table_of_prices_no_seat_is_dear() -> None:
    assert SeatPrice().adjust(LEARNER, offer(3)) is None


def test_what_was_passed_over_stands_back_and_what_was_looked_at_does_not() -> None:
    query = replace(LEARNER, shown=("s0", "s1"), outcomes=(0, 1))
    change = Fatigue(FatigueConfig(weight=1.5)).adjust(query, offer(3))
    assert change is not None
    assert change.tolist() == [-1.5, 0.0, 0.0]


def test_diversity_mixes_categories_that_the_order_by_score_keeps_together() -> None:
    kinds = ["arts"] * 5 + ["health"] * 5
    ranked = offer(10, category=kinds, institution_id=["i"] * 10)
    config = DiversityConfig(dial=1.0, over=("category",))
    first = Diversity(config).rerank(LEARNER, ranked).take(np.arange(4)).texts("category")
    assert set(first) == {"arts", "health"}
    assert ids(Diversity().rerank(LEARNER, ranked)) == ids(ranked)


def test_a_worse_class_of_the_same_evening_stands_back() -> None:
    ranked = offer(6, slots=[["3E"], ["3E"], ["4E"], ["5E"], ["6M"], ["7M"]])
    apart = SlotClashes(SlotClashesConfig(most=3)).rerank(LEARNER, ranked)
    assert ids(apart) == ["s0", "s2", "s3", "s4", "s1", "s5"]


def test_a_recorded_class_clashes_with_nothing() -> None:
    ranked = offer(4, slots=[["3E"]] * 4, mode=["offline", *["online_recorded"] * 3])
    apart = SlotClashes(SlotClashesConfig(most=3)).rerank(LEARNER, ranked)
    assert ids(apart) == ids(ranked)


def test_a_course_of_another_shelf_goes_last() -> None:
    query = replace(LEARNER, on_other_shelves=frozenset({"s0"}))
    assert ids(CrossShelf().rerank(query, offer(5))) == ["s2", "s3", "s4", "s0", "s1"]


def test_the_floor_takes_no_section_that_is_far_worse() -> None:
    floor = ExposureFloor(ExposureFloorConfig(places=4.0, tolerance=1.0))
    assert ids(floor.rerank(LEARNER, offer(20))) == ids(offer(20))


def test_a_floor_of_half_a_place_is_met_in_half_of_the_lists() -> None:
    floor = ExposureFloor(ExposureFloorConfig(places=0.5, tolerance=9.0))
    ranked = offer(20, tier=["city"] * 6 + ["village"] * 14)
    lifted = [
        "s6" in ids(floor.rerank(replace(LEARNER, learner_id=f"l{k}"), ranked))[:4]
        for k in range(400)
    ]
    assert 0.4 < np.mean(lifted) < 0.6


def test_stated_propensities_are_the_shares_of_lists_a_section_is_in() -> None:
    config = ExplorationConfig(epsilon=0.4, places=2)
    ranked, lists = offer(10), 3000
    seen: Counter[str] = Counter()
    stated: dict[str, float] = {}
    for number in range(lists):
        query = replace(LEARNER, learner_id=f"l{number}")
        after = Exploration(config).rerank(query, ranked)
        seen.update(ids(after)[:4])
        stated |= dict(zip(ids(after), after[PROPENSITY].tolist(), strict=True))
    assert sum(stated.values()) == pytest.approx(4.0), "a list has four places"
    for section, chance in stated.items():
        assert seen[section] / lists == pytest.approx(chance, abs=0.04), section


def test_without_a_learner_everybody_of_a_day_gets_the_same_draw() -> None:
    nobody = replace(LEARNER, learner_id=None)
    explore = Exploration(ExplorationConfig(epsilon=1.0))
    first, second = (explore.rerank(nobody, offer(30)) for _ in range(2))
    assert ids(first) == ids(second)
