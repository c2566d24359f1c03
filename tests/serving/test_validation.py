"""Faults name the field and what is allowed, never what was sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.errors import ContractError
from data.tables import TABLES
from serving.intake import _frame  # pyright: ignore[reportPrivateUsage] - the contract's border
from serving.schemas.events import EventIn
from serving.schemas.problem import FieldProblem
from serving.schemas.recommend import RecommendRequest
from serving.validation import field_problems, model_of

CANARY = "c4n4ry"


def faults_of(body: object) -> list[FieldProblem]:
    with pytest.raises(ValidationError) as caught:
        RecommendRequest.model_validate(body)
    return field_problems(caught.value.errors(), RecommendRequest)


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ({"context": {"radius": 5}}, "context.radius", "known are circle_min, free_slots, home"),
        ({"lokale": "zh"}, "lokale", "known are learner_id, session, programme"),
        ({"filter": {"modes": ["onsite"]}}, "filter.modes.0", "'offline', 'online_live'"),
        ({"n": 0}, "n", "greater than or equal to 1"),
        ({"n": 2.5}, "n", "valid integer"),
        ({"n": "5"}, "n", "valid integer"),
        ({"context": {"free_slots": ["8E"]}}, "context.free_slots.0", "^[1-7][MAE]$"),
        ({"context": {"home": {"lon": 120.1}}}, "context.home.lat", "required"),
        ({"context": {"home": {"lon": 0, "lat": 30.2}}}, "context.home.lon", "118.3"),
        ({"learner_id": " x"}, "learner_id", "no space around it"),
        ({"learner_id": "a\x00b"}, "learner_id", "no control characters"),
        ({"learner_id": "学" * 43}, "learner_id", "at most 128 bytes"),
        ({"diversity": 0.5}, "diversity", "unknown field"),
        ([], "body", "JSON object"),
        (None, "body", "JSON object"),
    ],
)
def test_a_fault_says_where_it_is_and_what_is_allowed(body: Any, path: str, expected: str) -> None:
    (fault,) = faults_of(body)
    assert fault.path == path
    assert expected in fault.expected


def test_a_field_name_that_could_hide_anything_is_not_repeated() -> None:
    (fault,) = faults_of({"<script>alert(1)</script>": 1})
    assert fault.path == "(unnamed)"


def test_at_most_twenty_faults_are_listed() -> None:
    assert len(faults_of({"exclude_ids": [""] * 50})) == 20


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.just(CANARY) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*RecommendRequest.model_fields, "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(body=st.dictionaries(st.sampled_from([*RecommendRequest.model_fields, "x"]), anything))
def test_no_fault_ever_repeats_a_value(body: dict[str, Any]) -> None:
    try:
        RecommendRequest.model_validate(body)
    except ValidationError as error:
        faults = field_problems(error.errors(), RecommendRequest)
        assert faults
        assert CANARY not in "".join(fault.expected + fault.path for fault in faults)


def test_a_route_without_a_body_has_no_model() -> None:
    def endpoint(number: int) -> int:
        return number

    assert model_of(endpoint) is None
    assert model_of(None) is None


events = st.fixed_dictionaries(
    {
        "event_id": st.text(min_size=1, max_size=40),
        "learner_id": st.text(min_size=1, max_size=140),
        "course_id": st.sampled_from(["c1", " c1", "c\u200b1", "课程一"]),
        "type": st.sampled_from(["view", "rate", "attend", "stare"]),
        "occurred_at": st.sampled_from(
            ["2025-09-01T12:00:00+08:00", "2025-09-01", "2025-09-01T12:00:00", 5, "9999999999"]
        ),
        "value": st.none() | st.floats(-1, 7),
        "position": st.none() | st.integers(-1, 3),
        "propensity": st.none() | st.floats(-0.5, 1.5),
    }
)


@given(row=events)
def test_whatever_the_service_takes_holds_the_contract_of_the_table(row: dict[str, Any]) -> None:
    try:
        event = EventIn.model_validate(row)
    except ValidationError:
        return
    try:
        TABLES["events"].validate(_frame([event]))
    except ContractError as error:  # pragma: no cover - the failure this test looks for
        pytest.fail(str(error))
