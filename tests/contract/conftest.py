"""The smallest service: two courses, one of them open, ranked by nothing but popularity.

Contracts are about shapes, so the town behind them is as small as it can be; it holds the ids
that the API's own examples name.
"""

import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.exceptions import StarletteDeprecationWarning

from data.city import City
from data.ledger import Ledger
from recsys.pipeline.policy import shipped_policies
from serving.app import create_app
from serving.clock import Clock
from serving.settings import Settings
from serving.state import build_state
from training.fit import fit_bundle

with warnings.catch_warnings():
    # The client says that it prefers the successor of httpx; it works with either.
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from fastapi.testclient import TestClient

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
FULL = {
    "section_id": "section-full",
    "course_id": "course-0002",
    "term": "2025春",
    "state": "finished",
    "capacity": 1,
    "enrolled": 1,
    "apply_opens_at": datetime(2025, 2, 1, tzinfo=UTC),
    "apply_closes_at": datetime(2025, 2, 20, tzinfo=UTC),
    "starts_on": date(2025, 3, 3),
    "ends_on": date(2025, 6, 27),
}
"""A class of the spring in which there was no seat left: somebody wants one."""

MISSED = {
    "learner_id": "learner-000017",
    "course_id": "course-0002",
    "section_id": "section-full",
    "occurred_at": datetime(2025, 2, 10, tzinfo=UTC),
}


@pytest.fixture(scope="session")
def app(
    make_city: Callable[..., City], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FastAPI]:
    """The smallest service, loaded."""
    place = {"lon": 120.16, "lat": 30.25, "population": 1000}
    city = make_city(
        divisions=[
            {"division_code": "330106000000", "level": "district", **place},
            {"division_code": "330106001000", "level": "town", **place},
        ],
        institutions=[{}],
        venues=[{}],
        courses=[{"course_id": "course-0001"}, {"course_id": "course-0002"}],
        sections=[{"section_id": "section-0001", "course_id": "course-0001"}, FULL],
        learners=[
            {"learner_id": name, "home_division_code": "330106001000"}
            for name in ("learner-000017", "learner-000018")
        ],
        events=[
            {"event_id": "e-1", "learner_id": "learner-000017", "course_id": "course-0002"},
            {**MISSED, "event_id": "e-enrol", "type": "enrol", "learner_id": "learner-000018"},
            *({**MISSED, "event_id": f"e-{kind}", "type": kind} for kind in ("apply", "waitlist")),
        ],
    )
    policies = {
        name: policy.model_copy(update={"scorers": {"popularity": policy.scorers["popularity"]}})
        for name, policy in shipped_policies().items()
    }
    bundle = fit_bundle(city, AS_OF, policies)
    folder = tmp_path_factory.mktemp("contract")
    settings = Settings(snapshot=folder, bundle=folder, ledger=folder / "ledger.db")
    with Ledger(settings.ledger) as ledger:
        state = build_state(city, bundle, ledger, Clock(lambda: AS_OF))
        app = create_app(settings, load=lambda _settings, _wall: state)
        app.state.holder.put(state)
        yield app


@pytest.fixture(scope="session")
def openapi(app: FastAPI) -> dict[str, Any]:
    """The API's own description."""
    return app.openapi()


@pytest.fixture(scope="session")
def client(app: FastAPI) -> TestClient:
    """A client of the service; it is loaded already, so no start is awaited."""
    return TestClient(app, raise_server_exceptions=False)
