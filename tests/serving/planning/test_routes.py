"""Planners' tables over HTTP: those of the last month that was over, and what is refused."""

import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.exceptions import StarletteDeprecationWarning

from data.city import City
from recsys.pipeline.policy import shipped_policies
from serving.app import create_app
from serving.clock import Clock
from serving.planning.tables import last_month_over
from serving.settings import Settings
from serving.state import build_state
from training.fit import fit_bundle

with warnings.catch_warnings():
    # The client says that it prefers the successor of httpx; it works with either.
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from fastapi.testclient import TestClient

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
WEST, EAST = "330106000000", "330113000000"
DUE = {
    "value": 80.0,
    "unit": "%",
    "due_on": date(2027, 12, 31),
    "clause": "规划",
    "definition_version": "1",
}
POINT = {"lon": 120.16, "lat": 30.25}


def _postings() -> list[dict[str, Any]]:
    """Half a year of two districts; the west asks for welders, the east for carers."""
    return [
        {
            "posting_id": f"p{number:03}",
            "title": "电焊工" if number % 2 else "护理员",
            "company": f"第{number}工坊",
            "description": f"{number}：需要{('护理', '焊接')[number % 2]}经验，{number}号门",
            "division_code": WEST if number % 2 else EAST,
            "headcount": 2,
            "posted_on": date(2025, 3, 1) + timedelta(days=number * 180 // 200),
        }
        for number in range(200)
    ]


def _client(city: City) -> TestClient:
    policies = {
        name: policy.model_copy(update={"scorers": {"popularity": policy.scorers["popularity"]}})
        for name, policy in shipped_policies().items()
    }
    state = build_state(city, fit_bundle(city, AS_OF, policies), None, Clock(lambda: AS_OF))
    app = create_app(Settings(snapshot=".", bundle="."), load=lambda _settings, _wall: state)
    app.state.holder.put(state)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "divisions": [
            {"division_code": WEST, "level": "district", "population": 1000, **POINT},
            {"division_code": EAST, "level": "district", "population": 500, **POINT},
        ],
        "institutions": [{"division_code": WEST}],
        "venues": [{"division_code": WEST}],
        "courses": [{"course_id": "c"}],
        "sections": [{"section_id": "s", "course_id": "c"}],
        "targets": [
            {"target_id": f"t{at}", "indicator": name, **DUE}
            for at, name in enumerate(
                ("citizen_circle_15min", "showcase_cases", "micro_spaces", "x")
            )
        ],
        "learners": [{"learner_id": "l"}],
        "events": [{"event_id": "e", "learner_id": "l", "course_id": "c"}],
        "skills": [
            {"skill_id": "weld", "name": "焊接", "aliases": []},
            {"skill_id": "care", "name": "护理", "aliases": []},
        ],
    }


@pytest.fixture(scope="module")
def planners(
    make_city: Callable[..., City], rows: dict[str, list[dict[str, Any]]]
) -> Iterator[TestClient]:
    with warnings.catch_warnings():
        yield _client(make_city(**rows, postings=_postings()))


def test_the_month_is_the_last_that_was_over_by_the_clock() -> None:
    assert last_month_over(AS_OF) == date(2025, 8, 1)
    assert last_month_over(datetime(2025, 8, 31, 15, 59, tzinfo=UTC)) == date(2025, 7, 1)


@pytest.mark.parametrize("table", ["demand", "gaps", "gaps/evidence", "coverage", "targets"])
def test_a_table_is_walked_page_by_page_and_ends(planners: TestClient, table: str) -> None:
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = planners.get(f"/v1/{table}", params={"limit": 3, **cursor}).json()
        seen += page["rows"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert page["as_of"].startswith("2025-08-31T16:00:00")
    assert len(seen) == page["total"] > 3
    assert len({str(row) for row in seen}) == len(seen)


def test_gaps_come_by_rank_and_demand_by_what_is_asked_for(planners: TestClient) -> None:
    gaps = planners.get("/v1/gaps").json()["rows"]
    assert [row["rank"] for row in gaps] == list(range(1, len(gaps) + 1))
    assert {(row["division_code"], row["skill_id"]) for row in gaps[:2]} == {
        (WEST, "weld"),
        (EAST, "care"),
    }
    asked = {"division_code": WEST, "skill_id": "weld", "month": "2025-07"}
    (row,) = planners.get("/v1/demand", params=asked).json()["rows"]
    assert row["ads"] > 5
    assert row["low"] <= row["vacancies"] <= row["high"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"division_code": "3301"}, "division_code.0"),
        ({"month": "2025-13"}, "month.0"),
        ({"month": "0000-01"}, "month.0"),
    ],
)
def test_what_cannot_be_asked_is_named_and_not_repeated(
    planners: TestClient, query: dict[str, str], field: str
) -> None:
    answer = planners.get("/v1/demand", params=query)
    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["errors"]] == [f"query.{field}"]


def test_a_snapshot_without_postings_says_so(
    make_city: Callable[..., City], rows: dict[str, list[dict[str, Any]]]
) -> None:
    bare = _client(make_city(**rows))
    for table in ("demand", "gaps", "gaps/evidence"):
        answer = bare.get(f"/v1/{table}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:xuepei:problem:no-table"
    assert bare.get("/v1/coverage").status_code == 200


def test_as_many_advertisements_stand_behind_a_gap_as_its_row_says(planners: TestClient) -> None:
    gaps = planners.get("/v1/gaps").json()["rows"]
    asked = {row["posting_id"] for row in _postings()}
    for row in gaps:
        cell = {name: row[name] for name in ("division_code", "skill_id")}
        page = planners.get("/v1/gaps/evidence", params={**cell, "limit": 1000}).json()
        assert page["total"] == len(page["rows"]) == row["evidence"]
        for ad in page["rows"]:
            assert {name: ad[name] for name in cell} == cell
            assert ad["posting_id"] in asked
    assert any(row["evidence"] for row in gaps)
