"""The service as a process: loading, readiness, faults of our own, logs."""

import json
import logging
import threading
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI

from data.errors import StoreError, XuepeiError
from recsys.errors import QueryError
from recsys.pipeline.recommender import Recommender
from serving import logs, state
from serving.app import create_app
from serving.clock import Wall
from serving.settings import Settings
from serving.state import State, load_state

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
Lines = list[MutableMapping[str, Any]]
StartClient = Callable[[FastAPI], Any]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged during the test."""
    with structlog.testing.capture_logs() as captured:
        yield captured


def test_until_it_is_loaded_the_service_lives_but_is_not_ready(
    settings: Settings, unlogged: State, start_client: StartClient
) -> None:
    may_load = threading.Event()

    def load(_settings: Settings, _wall: Wall) -> State:
        may_load.wait(5)
        return unlogged

    with start_client(create_app(settings, load=load)) as client:
        assert client.get("/health/live").json() == {"status": "live"}
        for response in (client.get("/health/ready"), client.post("/v1/recommend", json={})):
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert response.headers["retry-after"] == "1"
        may_load.set()


def test_readiness_shows_what_is_loaded(client: Any, unlogged: State) -> None:
    ready = client.get("/health/ready").json()
    manifest = unlogged.bundle.manifest
    assert ready["snapshot_id"] == unlogged.snapshot_id
    assert ready["model_version"] == manifest.model_version
    assert ready["model_as_of"] == "2025-09-01T04:00:00Z"
    assert ready["sections"] == 16
    assert "night_school" in ready["policies"]
    assert {"popularity", "lowpass"} <= set(ready["scorers"])
    absent = list(ready["absent_scorers"])
    assert absent == ["additive", "completion"], "the town logged no lists and no ends"


def test_a_failed_load_is_told_and_leaves_the_service_unready(
    settings: Settings, start_client: StartClient
) -> None:
    told: list[XuepeiError] = []
    heard = threading.Event()

    def load(_settings: Settings, _wall: Wall) -> State:
        message = "there is no snapshot"
        raise StoreError(message)

    def on_failure(error: XuepeiError) -> None:
        told.append(error)
        heard.set()

    with start_client(create_app(settings, load=load, on_failure=on_failure)) as client:
        assert heard.wait(5)
        assert client.get("/health/ready").status_code == 503
    assert [str(error) for error in told] == ["there is no snapshot"]


def test_the_parts_are_loaded_from_where_the_settings_say(settings: Settings) -> None:
    loaded = load_state(settings, lambda: AS_OF)
    assert loaded.clock.kind == "now"
    assert loaded.recommender.recommend(loaded.recommender.query("fan")).items
    archived = load_state(settings, lambda: datetime(2031, 1, 1, tzinfo=UTC))
    assert archived.clock.kind == "data"
    assert archived.clock.now() == AS_OF
    for part in (loaded, archived):
        assert part.ledger is not None
        part.ledger.close()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUEPEI_SNAPSHOT", "somewhere")
    monkeypatch.setenv("XUEPEI_BUNDLE", "else")
    monkeypatch.setenv("XUEPEI_CLOCK", "data")
    settings = Settings()  # type: ignore[call-arg]  # from the environment
    assert (settings.snapshot, settings.clock) == (Path("somewhere"), "data")


def test_a_fault_of_ours_is_answered_and_logged_without_the_request(
    app: FastAPI, start_client: StartClient, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    def broken(*_: object) -> None:
        message = "learner c4n4ry broke it"
        try:
            raise KeyError(message)
        except KeyError as error:
            raise RuntimeError(message) from error

    monkeypatch.setattr(state.State, "new_events", broken)
    with start_client(app) as client:
        response = client.post("/v1/recommend", json={"learner_id": "c4n4ry"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    (fault,) = [line for line in lines if line["event"] == "fault"]
    assert fault["kind"] == "RuntimeError"
    assert any("broken" in place for place in fault["trace"])
    assert "c4n4ry" not in response.text + json.dumps(lines)


def test_a_query_that_the_pipeline_refuses_is_answered_without_its_words(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "c4n4ry is not a number of minutes"
        raise QueryError(message)

    monkeypatch.setattr(Recommender, "query", refuse)
    response = client.post("/v1/recommend", json={})
    assert response.status_code == 422
    assert "c4n4ry" not in response.text


def test_the_log_has_a_line_per_request_and_nobodys_id(
    recommend: Callable[..., dict[str, Any]], client: Any, lines: Lines
) -> None:
    recommend(learner_id="fan")
    recommend(learner_id="fan")
    client.get("/v1/fan")
    client.request("FAN", "/v1/recommend")
    text = json.dumps(lines)
    assert '"fan"' not in text
    assert "/fan" not in text
    assert "FAN" not in text
    learners = {line["learner"] for line in lines if line["event"] == "recommended"}
    assert learners == {logs.pseudonym("fan")}
    routes = [line["route"] for line in lines if line["event"] == "request"]
    assert routes.count("POST /v1/recommend") == 2
    assert "GET (none)" in routes


def test_nobody_has_no_pseudonym() -> None:
    assert logs.pseudonym(None) is None
    assert logs.pseudonym("a") != logs.pseudonym("b")


def test_a_configured_process_logs_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.configure()
        structlog.get_logger().info("started", 课程="八段锦")
        line = json.loads(capsys.readouterr().err)
    finally:
        structlog.configure(**before)
    assert line["event"] == "started"
    assert line["课程"] == "八段锦"
    assert line["level"] == logging.getLevelName(logging.INFO).lower()
