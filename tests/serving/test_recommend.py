"""The list over HTTP: what it shows, to whom, and what it says about itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from data.errors import LedgerError
from data.ledger import Ledger
from serving.clock import Clock
from serving.lists import recommend as answer_to
from serving.schemas.recommend import RecommendRequest
from serving.state import State

Ask = Callable[..., dict[str, Any]]


def sections(answer: dict[str, Any]) -> list[str]:
    return [item["section_id"] for item in answer["items"]]


def without_chance(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer but for what differs between two identical calls."""
    meta = {name: value for name, value in answer["meta"].items() if name != "took_ms"}
    return {**answer, "meta": meta, "list_id": None}


def test_a_learner_gets_the_sections_of_their_taste_first(recommend: Ask) -> None:
    answer = recommend(learner_id="fan", n=4)
    assert all(section.startswith("s-paint") for section in sections(answer)[:3])
    assert [item["rank"] for item in answer["items"]] == [1, 2, 3, 4]
    assert answer["meta"]["fallback"] is None


def test_a_list_says_how_it_came_about(recommend: Ask, unlogged: State) -> None:
    meta = recommend(learner_id="fan")["meta"]
    assert meta["policy"] == "general@3"
    assert meta["model_version"] == unlogged.bundle.manifest.model_version
    assert meta["snapshot_id"] == unlogged.snapshot_id
    assert meta["as_of"] == "2025-09-01T04:00:00Z"
    assert meta["data_as_of"] < meta["as_of"]
    assert meta["clock"] == "now"
    assert not meta["degraded"]


def test_every_list_has_an_id_of_its_own(recommend: Ask) -> None:
    assert recommend()["list_id"] != recommend()["list_id"]


def test_a_full_section_is_not_shown_and_is_counted(recommend: Ask) -> None:
    answer = recommend(learner_id="fan", n=100)
    assert "s-full" not in sections(answer)
    assert answer["excluded"]["seats"] == 1


def test_a_draft_is_shown_to_nobody(recommend: Ask) -> None:
    assert "s-draft" not in sections(recommend(n=100, include_ids=["s-draft", "s-paint-5"]))


@pytest.mark.parametrize(
    ("body", "fallback"),
    [
        ({}, "anonymous"),
        ({"session": "visit-1"}, "anonymous"),
        ({"learner_id": "stranger"}, "unknown_learner"),
        ({"learner_id": "off-a"}, "personalisation_off"),
        ({"learner_id": "newcomer"}, "no_history"),
    ],
)
def test_who_is_not_known_gets_a_list_that_says_so(
    recommend: Ask, body: dict[str, str], fallback: str
) -> None:
    answer = recommend(**body)
    assert len(answer["items"]) == 10
    assert answer["meta"]["fallback"] == fallback


def test_with_personalisation_off_different_histories_get_identical_lists(
    recommend: Ask, send: Ask
) -> None:
    event = {
        "event_id": "off-1",
        "learner_id": "off-a",
        "course_id": "code-3",
        "section_id": "s-code-3",
        "type": "enrol",
        "occurred_at": "2025-09-01T03:00:00Z",
    }
    assert send(event)["accepted"] == 1
    body = {"n": 100, "explain": "full", "exclude_seen": True}
    mine, theirs = (recommend(learner_id=learner, **body) for learner in ("off-a", "off-b"))
    assert without_chance(mine) == without_chance(theirs)
    assert any("exclude_seen" in warning for warning in mine["warnings"])


def test_whoever_needs_a_step_free_room_sees_no_stairs(recommend: Ask) -> None:
    answer = recommend(learner_id="wheels", n=100)
    assert "s-code-0" not in sections(answer)
    assert answer["excluded"]["access"] >= 1
    assert "s-code-0" in sections(recommend(learner_id="newcomer", n=100))


def test_a_call_may_state_needs_but_never_wish_them_away(recommend: Ask) -> None:
    anonymous = recommend(n=100, context={"needs": ["step_free"]})
    assert "s-code-0" not in sections(anonymous)
    assert "s-code-0" not in sections(recommend(learner_id="wheels", n=100, context={"needs": []}))


def test_stated_minutes_and_slots_are_limits(recommend: Ask) -> None:
    context = {"home": {"lon": 120.12, "lat": 30.27}, "travel_mode": "drive", "circle_min": 30}
    near = recommend(n=100, context=context)
    assert "s-far" not in sections(near)
    assert near["excluded"]["within_circle"] == 1
    assert near["items"][0]["properties"]["travel_min"] is not None
    wednesday = recommend(n=100, context={"free_slots": ["3E"]})
    assert set(sections(wednesday)) == {"s-paint-2", "s-code-2"}


def test_a_stated_age_opens_and_closes_courses(recommend: Ask) -> None:
    answer = recommend(context={"age_band": "70-79", "scope_institution_id": "inst-1"})
    assert answer["items"]


def test_a_programmes_own_policy_answers_for_it(recommend: Ask) -> None:
    answer = recommend(programme="senior")
    assert sections(answer) == ["s-day"]
    assert answer["meta"]["policy"].startswith("senior@")


def test_elder_mode_shows_at_most_five(recommend: Ask) -> None:
    assert len(recommend(elder=True, n=20)["items"]) == 5


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"price_max_fen": 0}, {"s-day"}),
        ({"districts": None}, None),
        ({"categories": ["health"], "price_max_fen": 0}, {"s-day"}),
        ({"starts_from": "2025-09-16"}, set[str]()),
        ({"starts_until": "2025-09-14"}, set[str]()),
        ({"modes": ["online_live", "online_recorded"]}, set[str]()),
    ],
)
def test_a_filter_narrows_and_is_never_widened(
    recommend: Ask, client: Any, wanted: dict[str, Any], expected: set[str] | None
) -> None:
    if expected is None:
        assert client.post("/v1/recommend", json={"filter": wanted}).status_code == 422
        return
    answer = recommend(n=100, filter=wanted)
    assert set(sections(answer)) == expected
    assert answer["excluded"]["filter"] == 15 - len(expected)
    assert bool(expected) or any("筛选" in warning for warning in answer["warnings"])


def test_ids_may_be_included_and_excluded(recommend: Ask) -> None:
    wanted = ["s-paint-1", "s-paint-2", "s-code-3", "no-such-section"]
    answer = recommend(learner_id="fan", include_ids=wanted, exclude_ids=["s-paint-2"])
    assert set(sections(answer)) == {"s-paint-1", "s-code-3"}
    assert any("include_ids 中有 1 个" in warning for warning in answer["warnings"])
    both = recommend(include_ids=wanted, filter={"price_max_fen": 0})
    assert sections(both) == []
    assert both["excluded"]["filter"] == 3


def test_what_a_learner_saw_can_be_left_out(recommend: Ask, send: Ask) -> None:
    seen = {
        "event_id": "seen-1",
        "learner_id": "fan",
        "course_id": "code-4",
        "section_id": "s-code-4",
        "type": "impression",
        "occurred_at": "2025-09-01T03:00:00Z",
    }
    send(seen)
    answer = recommend(learner_id="fan", n=100, exclude_seen=True)
    unseen = {"s-paint-3", "s-paint-4", "s-paint-5", "s-code-0", "s-code-1", "s-code-2"}
    assert set(sections(answer)) == unseen | {"s-code-3", "s-code-5", "s-far", "s-day"}
    assert answer["excluded"]["seen"] == 4


def test_reasons_come_in_the_detail_and_language_asked_for(recommend: Ask) -> None:
    assert all(not item["reasons"] for item in recommend(learner_id="fan", explain="none")["items"])
    summary = recommend(learner_id="fan", locale="en")["items"][0]
    assert summary["reasons"][0]["text"] == summary["reasons"][0]["text_en"]
    assert summary["reasons"][0]["evidence"] is None
    assert summary["properties"]["when"].endswith("evening")
    full = recommend(learner_id="fan", explain="full")["items"][0]["reasons"][0]
    assert full["text"] == full["text_zh"]
    assert 0 <= full["weight"] <= 1
    assert isinstance(full["evidence"], dict)


def test_without_the_event_log_the_list_is_degraded_not_refused(
    recommend: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        message = "disk I/O error"
        raise LedgerError(message)

    monkeypatch.setattr(Ledger, "events_of", broken)
    answer = recommend(learner_id="fan")
    assert answer["items"]
    assert answer["meta"]["degraded"]
    assert any("快照" in warning for warning in answer["warnings"])


def test_where_the_clock_stands_still_every_answer_says_so(unlogged: State) -> None:
    standing = datetime(2025, 9, 1, 4, tzinfo=UTC)
    present = datetime(2031, 1, 1, tzinfo=UTC)
    state = replace(unlogged, clock=Clock(lambda: present, standing=standing))
    answer = answer_to(state, RecommendRequest(learner_id="fan", locale="en"), "list-1")
    assert answer.meta.clock == "data"
    assert answer.meta.as_of == "2025-09-01T04:00:00Z"
    assert "as of 2025-09-01T04:00:00Z" in answer.warnings[0]
    assert answer.items


def test_when_windows_have_closed_nothing_is_on_offer(unlogged: State) -> None:
    state = replace(unlogged, clock=Clock(lambda: datetime(2025, 10, 1, tzinfo=UTC)))
    answer = answer_to(state, RecommendRequest(), "list-1")
    assert not answer.items
    assert answer.excluded["window"] == 15
