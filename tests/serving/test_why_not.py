"""Why not that one? The rule, and the least change."""

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"section_id": "s-full"}, "seats"),
        ({"section_id": "s-code-0", "learner_id": "wheels"}, "access"),
        ({"section_id": "s-day", "programme": "night_school"}, "programme"),
        ({"section_id": "s-paint-0", "context": {"free_slots": ["7E"]}}, "free_slots"),
    ],
)
def test_the_rule_that_left_a_section_out_is_named(
    why_not: Ask, body: dict[str, Any], rule: str
) -> None:
    answer = why_not(**body)
    assert answer["rule"] == rule
    assert not answer["listed"]
    assert answer["text"] == answer["text_zh"]


def test_the_nearest_relaxation_is_told(why_not: Ask) -> None:
    home = {"lon": 120.12, "lat": 30.27}
    context = {"home": home, "travel_mode": "drive", "circle_min": 30}
    answer = why_not(section_id="s-far", context=context, locale="en")
    (relaxation,) = answer["relaxations"]
    assert relaxation["rule"] == "within_circle"
    assert relaxation["value"] > 30
    assert relaxation["text"] == relaxation["text_en"]


def test_a_section_that_is_in_the_list_is_answered_with_its_place(
    why_not: Ask, recommend: Ask
) -> None:
    second = recommend(learner_id="fan")["items"][1]["section_id"]
    answer = why_not(learner_id="fan", section_id=second)
    assert answer["listed"]
    assert answer["rank"] == 2
    assert answer["rule"] is None


def test_what_a_wider_limit_would_bring_to_the_whole_list_is_told_too(
    why_not: Ask, recommend: Ask
) -> None:
    context = {"home": {"lon": 120.13, "lat": 30.28}, "circle_min": 0}
    answer = why_not(section_id="s-full", context=context, locale="en")
    (wider,) = answer["gains"]
    assert wider["rule"] == "within_circle"
    assert wider["text"] == wider["text_en"]
    assert wider["sections"] <= wider["steps"]["20"]
    wide = recommend(n=50, context={**context, "circle_min": wider["value"]})
    assert len(wide["items"]) == wider["sections"]
    narrow = recommend(n=50, context=context)
    assert wider["text_zh"] in narrow["warnings"]


@pytest.mark.parametrize("section", ["no-such-section", "s-draft"])
def test_a_section_nobody_may_know_of_is_not_found_and_not_repeated(
    client: Any, section: str
) -> None:
    response = client.post("/v1/why-not", json={"section_id": section})
    assert response.status_code == 404
    assert response.json()["type"] == "urn:xuepei:problem:unknown-section"
    assert section not in response.text
