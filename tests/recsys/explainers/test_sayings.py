from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys.explainers import sayings
from recsys.explainers.claims import CLAIMS
from recsys.explainers.factors import Asked, FactorExplainer
from recsys.explainers.facts import Facts
from recsys.explainers.sayings import Sayings
from recsys.offer import Candidates, Offer
from recsys.types import LearnerQuery

FACTS = Facts(
    titles={},
    skills={},
    occupations={},
    occupation_skills={},
    by_age={("tea", 25): 37, ("tea", 60): 90},
    by_district={},
    takers={"tea": 200, "ink": 80},
)
OFFER = Offer(
    pl.DataFrame(
        {
            "course_id": ["tea", "ink", "tea"],
            "mode": ["offline", "online_live", "offline"],
            "travel_min": [12.4, 0.0, 31.0],
            "mean_travel_min": [30.0, 30.0, 30.0],
        }
    )
)


def asking(age: int, *, elder: bool = False) -> LearnerQuery:
    at = datetime(2025, 9, 1, 4, tzinfo=UTC)
    return LearnerQuery(as_of=at, age_low=age, age_high=age + 9, elder=elder)


def lists() -> Iterator[Asked]:
    """Learners of two ages and both kinds of words; lists of one section and of more."""
    for number in range(24):
        rows = np.random.default_rng(number).permutation(3)[: 1 + number % 3]
        parts: dict[str, Any] = {"part_popularity": np.full(len(rows), 0.5 + number)}
        if number % 4:
            parts["part_travel"] = np.linspace(0.1, 1.0, len(rows))
        chosen = Candidates(OFFER, rows).with_columns(parts)
        query = asking(25 if number % 2 else 60, elder=number % 5 == 0)
        yield Asked(query, chosen, 2)


def test_a_block_of_lists_is_told_what_each_would_be_told_alone() -> None:
    block = FactorExplainer(FACTS, {}).explain_all(list(lists()))
    alone = [FactorExplainer(FACTS, {}).explain(*each) for each in lists()]
    assert block == alone
    assert any(reasons for each in block for reasons in each)


def test_who_is_alike_is_told_the_same_and_nobody_else() -> None:
    explainer = FactorExplainer(FACTS, {})
    chosen = Candidates(OFFER, np.array([0])).with_columns({"part_popularity": np.ones(1)})
    young, old = asking(25), asking(60)
    told = {who.age_low: explainer.explain(who, chosen)[0][0] for who in (young, old)}
    assert [told[25].evidence, told[60].evidence] == [{"people": 37}, {"people": 90}]
    assert explainer.explain(young, chosen)[0][0].text_en is told[25].text_en


def test_a_way_is_said_by_its_minutes_wherever_it_leads() -> None:
    chosen = Candidates(OFFER).with_columns({"part_travel": np.ones(3)})
    kinds = [
        [r.kind for r in each] for each in FactorExplainer(FACTS, {}).explain(asking(25), chosen)
    ]
    assert kinds == [["near"], ["no_travel"], []]


def test_more_than_there_is_room_for_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayings, "KEPT", 2)
    explainer, kept = FactorExplainer(FACTS, {}), Sayings()

    def once(_key: object, _make: object) -> Sayings:
        return kept

    monkeypatch.setattr(OFFER, "once", once)
    for each in lists():
        assert explainer.explain(*each) == FactorExplainer(FACTS, {}).explain(*each)
        kept.make_room()
        assert len(kept) <= 2


def test_every_telling_reads_fields_of_a_query() -> None:
    read = {field for telling in CLAIMS.values() for field in telling.reads or ()}
    assert read <= set(LearnerQuery.__dataclass_fields__)
