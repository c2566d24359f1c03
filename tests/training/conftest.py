"""Worlds whose right answer is known: two circles of learners with opposite tastes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.city import City
from recsys.artifact import Bundle
from recsys.pipeline.policy import Policy, parse_policy
from training.fit import fit_bundle

POLICY = """
name = "small"
version = "1"
rules = ["access", "window", "already_completed"]
[scorers.popularity]
weight = 0.2
[scorers.ease]
weight = 1.0
config = { regularisation = 5.0 }
[rerankers.one_per_course]
"""


@pytest.fixture(scope="session")
def policies() -> dict[str, Policy]:
    """One policy of two scorers that answers across programmes."""
    return {"small": parse_policy(POLICY, "test")}


@pytest.fixture(scope="session")
def circles() -> pl.DataFrame:
    """Sixty users, half of whom take even items and half odd ones; columns user, item, ts."""
    rng = np.random.default_rng(7)
    rows = [
        (f"u{user:02}", f"i{2 * choice + user % 2:02}", 1_000_000 + 86_400 * day)
        for user in range(60)
        for day, choice in enumerate(rng.choice(12, size=8, replace=False))
    ]
    return pl.DataFrame(rows, schema=["user", "item", "ts"], orient="row")


@pytest.fixture(scope="session")
def circle_files(circles: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The circles as train.parquet and test.parquet: each user's last two items are judged."""
    folder = tmp_path_factory.mktemp("circles")
    last = pl.int_range(pl.len()).over("user") >= 6
    circles.filter(~last).write_parquet(folder / "train.parquet")
    circles.filter(last).write_parquet(folder / "test.parquet")
    return folder


@pytest.fixture(scope="session")
def town(make_city: Callable[..., City]) -> City:
    """Thirty learners of two tastes, ten courses with an open section, choices over two months.

    Learners 0 to 27 consent; 28 and 29 don't. What each chose last lies in the ten days after
    1 September 2025.
    """
    start = datetime(2025, 7, 1, tzinfo=UTC)
    courses = [{"course_id": f"c{n}", "title": f"课程{n}"} for n in range(10)]
    sections = [{"section_id": f"s{n}", "course_id": f"c{n}", "capacity": 200} for n in range(10)]
    learners = [
        {
            "learner_id": f"l{n:02}",
            "age_band": "25-34" if n % 4 < 2 else "60-69",
            "consent_personalisation": n < 28,
            "home_division_code": "330106000000",
        }
        for n in range(30)
    ]
    return make_city(
        institutions=[{}],
        venues=[{}],
        courses=courses,
        sections=sections,
        learners=learners,
        events=[event for n in range(30) for event in _choices(n, start)],
    )


def _choices(learner: int, start: datetime) -> list[dict[str, Any]]:
    """Four of the five courses of the learner's taste: three in summer, the last in September."""
    mine = [2 * ((learner + step) % 5) + learner % 2 for step in range(4)]
    days = [10, 20, 30, 65]
    return [
        {
            "event_id": f"e{learner:02}-{course}",
            "learner_id": f"l{learner:02}",
            "course_id": f"c{course}",
            "type": "enrol",
            "occurred_at": start + timedelta(days=day, hours=learner),
        }
        for course, day in zip(mine, days, strict=True)
    ]


@pytest.fixture(scope="session")
def town_bundle(town: City, policies: dict[str, Policy], as_of: datetime) -> Bundle:
    """The town's model at noon of 1 September 2025."""
    return fit_bundle(town, as_of, policies, seed=1)
