"""``off-policy`` from the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from data.city import City
from data.store import write_snapshot
from training.cli.offpolicy import app
from training.offpolicy.errors import OffPolicyError, ThinSupportError

NOON = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
Run = Callable[..., Any]


def visit(learner: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Three of six sections at random; the learner applies for those of the same parity."""
    events: list[dict[str, Any]] = []
    for section in rng.choice(6, 3, replace=False):
        here = {
            "learner_id": f"l{learner:02}",
            "list_id": f"list-{learner:02}",
            "section_id": f"s{section}",
            "course_id": f"c{section}",
        }
        drawn = {"propensity": 0.5, "policy": "uniform-1", "type": "impression"}
        events.append({**here, **drawn, "occurred_at": NOON})
        if section % 2 == learner % 2:
            events.append({**here, "type": "apply", "occurred_at": NOON + timedelta(hours=1)})
    return events


@pytest.fixture(scope="module")
def snapshot(make_city: Callable[..., City], tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    events = [event for n in range(80) for event in visit(n, rng)]
    city = make_city(
        institutions=[{}],
        venues=[{}],
        courses=[{"course_id": f"c{n}"} for n in range(6)],
        sections=[{"section_id": f"s{n}", "course_id": f"c{n}"} for n in range(6)],
        learners=[{"learner_id": f"l{n:02}"} for n in range(80)],
        events=[{"event_id": f"e{n:04}", **event} for n, event in enumerate(events)],
    )
    folder = tmp_path_factory.mktemp("logged") / "snapshot"
    write_snapshot(folder, city.tables, now=NOON)
    return folder


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a policy that knows the parity would show."""
    rows = [(f"l{n:02}", rank, f"s{n % 2 + 2 * rank - 2}") for n in range(80) for rank in (1, 2)]
    path = tmp_path_factory.mktemp("lists") / "lists.csv"
    pl.DataFrame(rows, schema=["learner_id", "rank", "section_id"], orient="row").write_csv(path)
    return path


@pytest.fixture
def run(snapshot: Path, lists: Path) -> Run:
    """Runs the verb; an error of the product comes out as it would reach the exit code."""

    def run(*options: object) -> str:
        given = ["--snapshot", str(snapshot), "--lists", str(lists), *map(str, options)]
        done = CliRunner().invoke(app, given)
        if done.exception is not None:
            raise done.exception
        return done.output

    return run


def test_the_document_holds_estimates_support_and_a_labelled_replay(run: Run) -> None:
    document = json.loads(run("-k", 2, "--json"))
    told = {row["method"]: row for row in document["estimates"]}
    assert set(told) == {"snips", "ips", "doubly_robust"}
    assert told["snips"]["value"] == pytest.approx(1.0)
    assert told["ips"]["low"] < 1.0 < told["ips"]["high"]
    assert document["observed"]["low"] < 0.5 < document["observed"]["high"]
    assert document["support"]["effective_sample"] == document["support"]["matched"] > 50
    assert document["support"]["clip"] is None
    assert document["floors"] == {"sample": 50.0, "support": 0.9}
    assert document["replay"]["recall"] is None
    assert document["replay"]["warning"].startswith("biased")
    assert document["reward_model"]["brier"] > 0


def test_the_table_names_the_lists_and_the_logged_ones(run: Run) -> None:
    words = " ".join(run("-k", 2).split())
    for part in (
        "snips",
        "doubly_robust",
        "of the logged lists",
        "effective sample",
        "replay: none",
    ):
        assert part in words


def test_clipping_is_stated(run: Run) -> None:
    document = json.loads(run("-k", 2, "--clip", 1.5, "--json"))
    assert document["support"]["clip"] == 1.5
    assert document["support"]["clipped_weight"] == pytest.approx(0.25)
    assert any("clipped at 1.5" in doubt for doubt in document["doubts"])
    assert "clipped at 1.5" in " ".join(run("-k", 2, "--clip", 1.5).split())


def test_too_little_is_refused_with_what_it_takes(run: Run) -> None:
    with pytest.raises(ThinSupportError, match="and 500 are required"):
        run("-k", 2, "--least-sample", 500)


def test_the_period_and_the_logging_policy_are_as_asked(run: Run) -> None:
    document = json.loads(run("-k", 2, "--since", "2025-09-01", "--until", "2025-09-02", "--json"))
    assert document["since"] == "2025-08-31T16:00:00+00:00"
    for options in (["--since", "2025-09-02"], ["--logged-by", "served-3"]):
        with pytest.raises(OffPolicyError, match="no impression with a known propensity"):
            run("-k", 2, *options)


def test_a_reward_that_nobody_gave_is_worth_nothing(run: Run) -> None:
    document = json.loads(run("-k", 2, "--reward", "view", "--json"))
    assert [row["value"] for row in document["estimates"]] == [0.0, 0.0, 0.0]


def test_the_same_question_gets_the_same_answer(run: Run) -> None:
    assert run("-k", 2, "--json") == run("-k", 2, "--json")
    assert run("-k", 2, "--json") != run("-k", 2, "--seed", 1, "--json")
