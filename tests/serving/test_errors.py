"""Whatever is sent, the answer is a problem document that doesn't repeat it."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATHS = ("/v1/recommend", "/v1/events", "/v1/why-not")
PROBLEM = "application/problem+json"
CANARY = "c4n4ry"


def assert_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:xuepei:problem:")
    assert problem["title"]
    assert problem["detail"]
    assert CANARY not in response.text
    return problem


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b'{"n": NaN, "learner_id": "c4n4ry"}',
        b'{"context": {"circle_min": Infinity}}',
        b'{"n": -Infinity}',
        b'{"n": 1e999}',
        b'{"n": ' + b"9" * 400 + b"}",
        b'{"learner_id": "c4n4ry\\ud800"}',
        b'{"learner_id": "c4n4ry\xff"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 20_000 + b"]" * 20_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"learner_id": "c4n4ry"',
        b"learner_id=c4n4ry",
        b"{'learner_id': 'c4n4ry'}",
        b"",
        b"   \n",
    ],
)
def test_a_body_that_is_not_json_is_a_bad_body(client: Any, path: str, body: bytes) -> None:
    response = client.post(path, content=body, headers={"content-type": "application/json"})
    assert_problem(response, 400)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"c4n4ry"', b"true", b"{}", b"[" * 900])
def test_json_of_another_shape_is_refused(client: Any, path: str, body: bytes) -> None:
    whole = body + b"]" * 900 if body.startswith(b"[[") else body
    response = client.post(path, content=whole, headers={"content-type": "application/json"})
    if path == "/v1/recommend" and body == b"{}":
        assert response.status_code == 200
    else:
        problem = assert_problem(response, 422)
        assert problem["errors"]


@pytest.mark.parametrize("nested", [b"[" * 800 + b"]" * 800, b'{"a":' * 800 + b"1" + b"}" * 800])
def test_deep_nesting_inside_a_field_is_refused(client: Any, nested: bytes) -> None:
    headers = {"content-type": "application/json"}
    body = b'{"filter": ' + nested + b"}"
    assert_problem(client.post("/v1/recommend", content=body, headers=headers), 422)
    rows = client.post("/v1/events", content=b'{"events": [' + nested + b"]}", headers=headers)
    assert rows.status_code in (200, 422)
    if rows.status_code == 200:
        assert rows.json()["rejected"] == 1


@pytest.mark.parametrize("number", ["123456789012345678901234567890", "1e300", "-1", "1.5", '"7"'])
def test_a_number_out_of_bounds_is_refused_by_name(client: Any, number: str) -> None:
    body = f'{{"n": {number}}}'.encode()
    response = client.post(
        "/v1/recommend", content=body, headers={"content-type": "application/json"}
    )
    problem = assert_problem(response, 422)
    assert [fault["path"] for fault in problem["errors"]] == ["n"]
    assert number.strip('"') not in problem["detail"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", "", "c4n4ry"]
)
def test_a_body_not_declared_as_json_is_refused(client: Any, content_type: str) -> None:
    headers = {"content-type": content_type}
    assert_problem(client.post("/v1/recommend", content=b"{}", headers=headers), 415)


def test_json_may_name_its_encoding(client: Any) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/v1/recommend", content=b"{}", headers=headers).status_code == 200


def test_a_body_beyond_the_limit_is_refused_announced_or_not(client: Any) -> None:
    body = b'{"learner_id": "' + b"x" * 50_001 + b'"}'
    headers = {"content-type": "application/json"}
    problem = assert_problem(client.post("/v1/recommend", content=body, headers=headers), 413)
    assert "50000 bytes" in problem["detail"]
    chunks = (body[start : start + 1000] for start in range(0, len(body), 1000))
    assert_problem(client.post("/v1/recommend", content=chunks, headers=headers), 413)


def test_an_unknown_path_or_method_is_a_problem_too(client: Any) -> None:
    assert_problem(client.get(f"/v1/{CANARY}"), 404)
    assert_problem(client.get(f"/{CANARY}%ff%00"), 404)
    refused = client.get("/v1/recommend")
    assert_problem(refused, 405)
    assert refused.headers["allow"] == "POST"
    assert_problem(client.post("/health/ready"), 405)


def test_events_are_bounded_in_number(client: Any) -> None:
    assert_problem(client.post("/v1/events", json={"events": []}), 422)
    assert_problem(client.post("/v1/events", json={"events": [1] * 1001}), 422)


def test_an_unknown_field_is_named_with_the_known_ones(client: Any) -> None:
    response = client.post("/v1/recommend", json={"context": {"radius_km": CANARY}})
    (fault,) = assert_problem(response, 422)["errors"]
    assert fault["path"] == "context.radius_km"
    assert "circle_min" in fault["expected"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.just(CANARY),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["learner_id", "n", "context", "filter", "home", "lon", "events", "section_id", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(PATHS), body=json_values)
def test_no_json_leads_to_a_fault_of_ours_or_is_echoed(client: Any, path: str, body: Any) -> None:
    headers = {"content-type": "application/json"}
    response = client.post(path, content=json.dumps(body), headers=headers)
    assert response.status_code in (200, 404, 422)
    if response.status_code != 200:
        assert_problem(response, response.status_code)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=200))
def test_no_bytes_lead_to_a_fault_of_ours(client: Any, path: str, body: bytes) -> None:
    response = client.post(path, content=body, headers={"content-type": "application/json"})
    assert_problem(response, 422 if response.status_code == 422 else 400)
