"""A town small enough to know by heart, its model, and the service over both.

Twelve night-school courses in two tastes (``paint-*`` and ``code-*``), a section each, all open;
eight learners a taste. ``fan`` has taken three painting courses. ``off-a`` and ``off-b`` turned
personalisation off and differ in nothing but their history. ``wheels`` needs step-free rooms.
The town is fitted once; every test gets its own event log.
"""

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.exceptions import StarletteDeprecationWarning

from data.city import City
from data.ledger import Ledger
from data.store import open_snapshot, write_snapshot
from recsys.artifact import Bundle, save_bundle
from recsys.pipeline.policy import shipped_policies
from serving.app import create_app
from serving.clock import Clock
from serving.settings import Settings
from serving.state import State, build_state
from training.fit import fit_bundle

with warnings.catch_warnings():
    # The client says that it prefers the successor of httpx; it works with either.
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from fastapi.testclient import TestClient

Ask = Callable[..., dict[str, Any]]
AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
SCORERS = ("context", "popularity", "lowpass", "ease")
TASTES = ("paint", "code")
COURSES = [f"{taste}-{number}" for taste in TASTES for number in range(6)]


def _sections() -> list[dict[str, Any]]:
    slots = ["1E", "2E", "3E", "4E", "5E", "6A"]
    return [
        {"section_id": f"s-{course}", "course_id": course, "slots": [slots[number % 6]]}
        for number, course in enumerate(COURSES)
    ]


def _special_sections() -> list[dict[str, Any]]:
    of = {"course_id": "paint-5", "slots": ["7M"]}
    far = {"venue_id": "far", "course_id": "paint-4", "slots": ["7A"]}
    return [
        {**of, "section_id": "s-full", "enrolled": 20},
        {**of, "section_id": "s-draft", "state": "draft"},
        {**far, "section_id": "s-far"},
        {"section_id": "s-day", "course_id": "day-0", "slots": ["2M"], "price_fen": 0},
    ]


def _events() -> list[dict[str, Any]]:
    """Eight fans a taste, each with four of its six courses; then the named learners' own."""
    pairs = [
        (f"{taste}er-{fan}", f"{taste}-{(fan + step) % 6}")
        for taste in TASTES
        for fan in range(8)
        for step in range(4)
    ]
    pairs += [("fan", f"paint-{number}") for number in range(3)]
    pairs += [("off-a", "paint-0"), ("off-b", "code-0"), ("off-b", "code-1")]
    first = datetime(2025, 3, 1, tzinfo=UTC)
    return [
        {
            "event_id": f"e-{number}",
            "learner_id": learner,
            "course_id": course,
            "type": "favourite",
            "occurred_at": first + timedelta(days=number),
        }
        for number, (learner, course) in enumerate(pairs)
    ]


def _learners() -> list[dict[str, Any]]:
    off = {"consent_personalisation": False}
    crowd = [f"{taste}er-{fan}" for taste in TASTES for fan in range(8)]
    home = {"home_lon": 120.12, "home_lat": 30.27}
    return [{"learner_id": learner} for learner in (*crowd, "fan", "newcomer")] + [
        {"learner_id": "off-a", **off},
        {"learner_id": "off-b", **off},
        {"learner_id": "wheels", "needs": ["step_free"], **home},
    ]


@pytest.fixture(scope="session")
def town(make_city: Callable[..., City]) -> City:
    """The town, made once."""
    stairs = {"s-code-0": {"venue_id": "stairs"}}
    return make_city(
        divisions=[{"division_code": "330106000000", "lon": 120.12, "lat": 30.27}],
        institutions=[{}],
        venues=[
            {},
            {"venue_id": "stairs", "step_free": False},
            {"venue_id": "far", "lon": 119.05, "lat": 29.60},
        ],
        courses=[{"course_id": course, "title": f"课程 {course}"} for course in COURSES]
        + [{"course_id": "day-0", "title": "白天课", "programme": "senior"}],
        sections=[{**row, **stairs.get(row["section_id"], {})} for row in _sections()]
        + _special_sections(),
        learners=_learners(),
        events=_events(),
    )


@pytest.fixture(scope="session")
def snapshot(town: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town on disk."""
    folder = tmp_path_factory.mktemp("town") / "snapshot"
    tables = {name: frame.collect() for name, frame in town.tables.items()}
    write_snapshot(folder, tables, now=AS_OF)
    return folder


@pytest.fixture(scope="session")
def bundle(snapshot: Path) -> Bundle:
    """The town's model, fitted once: the shipped policies, with the scorers that fit quickly."""
    policies = {
        name: policy.model_copy(
            update={"scorers": {name: policy.scorers[name] for name in SCORERS}}
        )
        for name, policy in shipped_policies().items()
    }
    return fit_bundle(open_snapshot(snapshot), AS_OF, policies)


@pytest.fixture(scope="session")
def model(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's model on disk."""
    folder = tmp_path_factory.mktemp("model") / "bundle"
    save_bundle(bundle, folder)
    return folder


@pytest.fixture(scope="session")
def unlogged(snapshot: Path, bundle: Bundle) -> State:
    """The town's state at the tests' moment, without an event log."""
    return build_state(open_snapshot(snapshot), bundle, None, Clock(lambda: AS_OF))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty event log."""
    with Ledger(tmp_path / "ledger.db", busy_timeout_s=0.2) as ledger:
        yield ledger


@pytest.fixture
def state(unlogged: State, ledger: Ledger) -> State:
    """The town's state with an event log of its own."""
    return replace(unlogged, ledger=ledger)


@pytest.fixture
def settings(snapshot: Path, model: Path, ledger: Ledger) -> Settings:
    """Settings that name the town."""
    return Settings(snapshot=snapshot, bundle=model, ledger=ledger.path, max_body_bytes=50_000)


@pytest.fixture
def app(state: State, settings: Settings) -> FastAPI:
    """The service over the town."""
    return create_app(settings, wall=state.clock.wall, load=lambda _settings, _wall: state)


@pytest.fixture(scope="session")
def start_client() -> Callable[[FastAPI], TestClient]:
    """Makes a client that runs an app; use it with ``with``."""
    return partial(TestClient, raise_server_exceptions=False)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of the service once it is ready."""
    with TestClient(app, raise_server_exceptions=False) as client:
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.001)
        yield client


@pytest.fixture
def recommend(client: TestClient) -> Ask:
    """The list for a request that has to succeed."""
    return partial(_answer, client, "/v1/recommend")


@pytest.fixture
def why_not(client: TestClient) -> Ask:
    """The answer to a question that has to succeed."""
    return partial(_answer, client, "/v1/why-not")


@pytest.fixture
def send(client: TestClient) -> Ask:
    """The answer to a call of events that has to succeed."""
    return lambda *events: _answer(client, "/v1/events", events=events)


def _answer(client: Any, path: str, **body: Any) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer
