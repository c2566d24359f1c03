"""``POST /v1/path`` over a town that teaches no skills: what is answered, and what is refused."""

from typing import Any

import pytest

WELDER = "6-18-02-04"


def test_an_occupation_is_answered_skill_by_skill(client: Any) -> None:
    answer = client.post("/v1/path", json={"learner_id": "fan", "occupation_code": WELDER}).json()
    assert answer["occupation_name"] == "焊工"
    assert answer["degree_now"] is None
    assert answer["steps"] == []
    assert answer["proven"] is True
    assert answer["record_read"] is True
    assert {gap["skill_id"] for gap in answer["gaps"]} == set(answer["unknown"])
    weights = [gap["importance"] for gap in answer["gaps"]]
    assert weights == sorted(weights, reverse=True)


def test_what_is_stated_counts_for_an_anonymous_visit(client: Any) -> None:
    skill = {"skill_id": "python", "level": 2}
    body = {"skills": [skill], "holds": [{**skill, "level": 1}], "locale": "en"}
    answer = client.post("/v1/path", json=body).json()
    assert (answer["degree_now"], answer["record_read"]) == (0.5, False)
    (gap,) = answer["gaps"]
    assert (gap["origin"], gap["missing"], gap["left"]) == ("stated", 1, 1)
    assert any("was not read" in warning for warning in answer["warnings"])


def test_off_means_off(client: Any) -> None:
    bodies = [{"learner_id": who, "occupation_code": WELDER} for who in ("off-a", "off-b")]
    first, second = (client.post("/v1/path", json=body).json() for body in bodies)
    assert first == second


def test_nothing_asked_for_is_said_and_no_error(client: Any) -> None:
    answer = client.post("/v1/path", json={"learner_id": "fan"}).json()
    assert answer["degree_after"] is None
    assert any("没有目标" in warning for warning in answer["warnings"])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"learner_id": "nobody-7", "occupation_code": WELDER}, "not a learner"),
        ({"occupation_code": "6-18-02-99"}, "6-18-02-04 焊工"),
        ({"skills": [{"skill_id": "flying-7"}]}, "not a skill"),
    ],
)
def test_what_is_not_known_is_a_problem_that_repeats_nothing(
    client: Any, body: dict[str, Any], detail: str
) -> None:
    response = client.post("/v1/path", json=body)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "urn:xuepei:problem:unknown-wish"
    assert detail in problem["detail"]
    for word in ("nobody-7", "6-18-02-99", "flying-7"):
        assert word not in response.text
