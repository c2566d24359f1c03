"""What the service writes down of an ask: counts, no more than was told, and nobody's id."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi import FastAPI

from data.city import City
from data.unmet import UnmetLedger
from serving import unmet
from serving.app import create_app
from serving.lists import recommend as answer_to
from serving.schemas.recommend import RecommendAnswer, RecommendRequest
from serving.settings import Settings
from serving.state import State, load_state
from serving.unmet import Notebook, Towns

TOWN, NEXT_TOWN, DISTRICT = "330106109000", "330106110000", "330106000000"
NOWHERE = {"institution_ids": ["inst-none"]}
HOME = {"lon": 120.03, "lat": 30.27}

Say = Callable[..., pl.DataFrame]


@pytest.fixture
def towns(make_city: Callable[..., City], as_of: datetime) -> Towns:
    """Two towns of the district, ten kilometres apart."""
    rows = [
        {"division_code": TOWN, "level": "town", "lon": 120.12, "lat": 30.27},
        {"division_code": NEXT_TOWN, "level": "town", "lon": 120.02, "lat": 30.27},
        {"division_code": DISTRICT, "level": "district", "lon": 120.07, "lat": 30.27},
    ]
    return Towns.of_city(make_city(divisions=rows), as_of)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "unmet.db"


@pytest.fixture
def noting(unlogged: State, file: Path, towns: Towns) -> Iterator[State]:
    """The town's state with a notebook."""
    notebook = Notebook(UnmetLedger(file, busy_timeout_s=0.05), towns)
    yield replace(unlogged, unmet=notebook)
    notebook.close()


@pytest.fixture
def said(noting: State, file: Path) -> Say:
    """The counts after some requests."""

    def ask(*bodies: dict[str, Any]) -> pl.DataFrame:
        for body in bodies:
            answered(noting, body)
        return counted(noting, file)

    return ask


def answered(state: State, body: dict[str, Any]) -> RecommendAnswer:
    return answer_to(state, RecommendRequest.model_validate(body), "list-1")


def counted(state: State, file: Path) -> pl.DataFrame:
    assert state.unmet is not None
    state.unmet.flush()
    with UnmetLedger(file) as ledger:
        return ledger.read()


def only(counts: pl.DataFrame) -> dict[str, Any]:
    """The one cell of every ask."""
    (row,) = counts.filter(pl.col("rule").is_null()).to_dicts()
    return row


def test_the_counts_are_those_of_the_answer(noting: State, file: Path) -> None:
    body = {"context": {"circle_min": 5, "home": HOME, "free_slots": ["7M"]}}
    answer = answered(noting, body)
    counts = counted(noting, file)
    row = only(counts)
    assert (row["division_code"], row["slot"], row["asked"]) == (NEXT_TOWN, "7M", 1.0)
    assert row["empty"] == (not answer.items)
    by_rule = counts.drop_nulls("rule").select("rule", "sections").rows()
    assert dict(by_rule) == {rule: n for rule, n in answer.excluded.items() if n}
    assert answer.excluded["free_slots"] > 0


def test_a_filter_that_leaves_nothing_is_an_empty_ask_of_its_category(said: Say) -> None:
    row = only(said({"programme": "night_school", "filter": {"categories": ["arts"], **NOWHERE}}))
    assert (row["programme"], row["category"], row["empty"]) == ("night_school", "arts", 1.0)


def test_a_learner_who_lets_the_profile_be_used_is_counted_by_age_band(said: Say) -> None:
    assert only(said({"learner_id": "fan"}))["age_band"] == "25-34"


def test_with_personalisation_off_nothing_is_written_that_was_not_asked(said: Say) -> None:
    row = only(said({"learner_id": "off-a"}))
    assert (row["age_band"], row["division_code"]) == (None, None)


def test_with_personalisation_off_what_the_request_states_is_written(said: Say) -> None:
    row = only(said({"learner_id": "off-a", "context": {"age_band": "70-79", "home": HOME}}))
    assert (row["age_band"], row["division_code"]) == ("70-79", NEXT_TOWN)


@pytest.mark.parametrize(("personalised", "place"), [(True, TOWN), (False, None)])
def test_a_registered_home_is_written_by_town_and_only_with_consent(
    noting: State, file: Path, personalised: bool, place: str | None
) -> None:
    request = RecommendRequest(learner_id="fan")
    query = replace(
        noting.recommender.query("fan"),
        home_division_code="330106109012",
        personalised=personalised,
    )
    assert noting.unmet is not None
    noting.unmet.note(request, query, answered(replace(noting, unmet=None), {}))
    assert only(counted(noting, file))["division_code"] == place


def test_who_looks_in_one_district_without_telling_a_home_is_counted_there(said: Say) -> None:
    row = only(said({"filter": {"district_codes": [DISTRICT]}}))
    assert row["division_code"] == DISTRICT


def test_a_home_outside_the_city_is_in_none_of_its_towns(said: Say) -> None:
    far = {"lon": 120.88, "lat": 30.55}
    assert only(said({"context": {"home": far}}))["division_code"] is None


def test_a_page_that_orders_chosen_sections_asks_for_nothing(said: Say) -> None:
    assert said({"include_ids": ["s-code-1"]}).is_empty()


def test_callers_are_people_and_visits(said: Say) -> None:
    age = {"context": {"age_band": "25-34"}}
    row = only(said({"learner_id": "fan"}, {"learner_id": "fan"}, {"session": "v-1", **age}, age))
    assert (row["asked"], row["callers"]) == (4.0, 3)


def test_no_id_and_no_need_is_ever_written(noting: State, file: Path) -> None:
    names = ["fan", "off-a", "wheels", "secret-visit-77", "stranger-9"]
    needs = {"context": {"needs": ["step_free", "hearing_loop"], "home": HOME}}
    for name in names[:3] + names[4:]:
        answered(noting, {"learner_id": name, **needs})
    answered(noting, {"session": names[3], **needs})
    counts = counted(noting, file)
    with sqlite3.connect(file) as connection:
        everything = "\n".join(connection.iterdump())
    connection.close()
    kept = b"".join(path.read_bytes() for path in file.parent.glob("unmet.db*"))
    for word in [*names, "step_free", "hearing_loop", "120.03"]:
        assert word not in everything
        assert word.encode() not in kept
    assert "caller" not in [name for name in counts.columns if counts.schema[name] == pl.String]


def test_a_ledger_that_cannot_be_written_delays_and_fails_nothing(
    noting: State, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert answered(noting, {}).items
    assert noting.unmet is not None
    noting.unmet.flush()  # in vain
    other.close()
    assert only(counted(noting, file))["asked"] == 1.0


def test_an_ask_that_cannot_be_counted_is_answered_all_the_same(
    noting: State, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Notebook, "_asked_from", fault)
    assert answered(noting, {}).items
    assert counted(noting, file).is_empty()


def test_beyond_what_may_wait_asks_are_left_uncounted(
    noting: State, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unmet, "MOST_WAITING", 2)
    for _ in range(5):
        assert answered(noting, {}).items
    assert only(counted(noting, file))["asked"] == 2.0


def test_taking_note_costs_a_request_next_to_nothing(noting: State) -> None:
    request = RecommendRequest.model_validate(
        {"learner_id": "fan", "context": {"home": HOME, "free_slots": ["1E", "2E"]}}
    )
    query = noting.recommender.query("fan")
    answer = answered(replace(noting, unmet=None), {})
    notebook = noting.unmet
    assert notebook is not None
    times = []
    for _ in range(200):
        started = time.perf_counter()
        notebook.note(request, query, answer)
        times.append(time.perf_counter() - started)
    assert sorted(times)[100] < 0.0002


def test_what_waits_is_written_when_the_service_stops(
    noting: State, file: Path, settings: Settings, start_client: Callable[[FastAPI], Any]
) -> None:
    app = create_app(settings, load=lambda _settings, _wall: noting)
    with start_client(app) as client:
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.001)
        assert client.post("/v1/recommend", json={}).status_code == 200
    with UnmetLedger(file) as ledger:
        assert only(ledger.read())["asked"] == 1.0


def test_what_waits_is_written_from_time_to_time(
    noting: State,
    file: Path,
    settings: Settings,
    start_client: Callable[[FastAPI], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("serving.app.FLUSH_S", 0.01)
    app = create_app(settings, load=lambda _settings, _wall: noting)
    with start_client(app) as client, UnmetLedger(file) as ledger:
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.001)
        client.post("/v1/recommend", json={})
        patience = time.monotonic() + 20
        while ledger.read().is_empty() and time.monotonic() < patience:
            time.sleep(0.01)
        assert only(ledger.read())["asked"] == 1.0


def test_the_counts_lie_beside_the_event_log_unless_told_otherwise(
    settings: Settings, tmp_path: Path
) -> None:
    assert settings.unmet_file == settings.ledger.with_name("unmet.db")
    elsewhere = settings.model_copy(update={"unmet": tmp_path / "counts" / "u.db"})
    state = load_state(elsewhere, lambda: datetime.fromisoformat("2025-09-01T12:00:00+08:00"))
    answered(state, {})
    assert state.unmet is not None
    assert state.ledger is not None
    state.unmet.close()
    state.ledger.close()
    with UnmetLedger(tmp_path / "counts" / "u.db") as ledger:
        assert only(ledger.read())["asked"] == 1.0
