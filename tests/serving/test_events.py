"""Events over HTTP: judged row by row, kept once, and heeded at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from data.errors import LedgerError
from data.ledger import Ledger
from serving.errors import NotReadyError
from serving.intake import take
from serving.schemas.events import EventsRequest
from serving.state import State

Ask = Callable[..., dict[str, Any]]


def event(event_id: str = "e-new", **changes: object) -> dict[str, object]:
    """A valid event, half an hour before the tests' moment."""
    plain = {
        "event_id": event_id,
        "learner_id": "newcomer",
        "course_id": "code-1",
        "section_id": "s-code-1",
        "type": "favourite",
        "occurred_at": "2025-09-01T11:30:00+08:00",
    }
    return {**plain, **changes}


def shown(answer: dict[str, Any]) -> list[str]:
    return [item["section_id"] for item in answer["items"]]


def test_the_very_next_list_reflects_a_new_event(recommend: Ask, send: Ask) -> None:
    assert recommend(learner_id="newcomer")["meta"]["fallback"] == "no_history"
    send(*[event(f"e-{n}", course_id=f"code-{n}", section_id=None) for n in range(3)])
    after = recommend(learner_id="newcomer", n=3)
    assert after["meta"]["fallback"] is None
    assert all(section.startswith("s-code") for section in shown(after))


def test_a_section_one_enrolled_in_leaves_the_list_at_once(recommend: Ask, send: Ask) -> None:
    assert "s-code-1" in shown(recommend(learner_id="newcomer", n=100))
    send(event(type="enrol"))
    after = recommend(learner_id="newcomer", n=100)
    assert "s-code-1" not in shown(after)
    assert after["excluded"]["timetable_clash"] >= 1
    send(event("e-drop", type="drop", occurred_at="2025-09-01T11:40:00+08:00"))
    assert "s-code-1" in shown(recommend(learner_id="newcomer", n=100))


def test_an_event_stamped_this_instant_counts_at_once(recommend: Ask, send: Ask) -> None:
    send(event(type="enrol", occurred_at="2025-09-01T04:03:00Z"))  # three minutes fast
    assert "s-code-1" not in shown(recommend(learner_id="newcomer", n=100))


def test_repeating_an_event_changes_nothing(recommend: Ask, send: Ask, ledger: Ledger) -> None:
    events = [event("e-1"), event("e-2", course_id="code-2", section_id="s-code-2")]
    assert send(*events)["accepted"] == 2
    before, stored = shown(recommend(learner_id="newcomer", n=100)), ledger.read()
    again = send(*events)
    assert (again["duplicate"], again["accepted"]) == (2, 0)
    assert shown(recommend(learner_id="newcomer", n=100)) == before
    assert ledger.read()[1] == stored[1]


def test_an_event_that_the_snapshot_holds_counts_once(recommend: Ask, send: Ask) -> None:
    before = recommend(learner_id="fan", n=100)
    mine = {"learner_id": "fan", "course_id": "paint-0", "section_id": None}
    send(event("e-64", **mine, occurred_at="2025-05-04T00:00:00Z"))
    after = recommend(learner_id="fan", n=100)
    assert [item["score"] for item in after["items"]] == [item["score"] for item in before["items"]]


def test_an_event_that_contradicts_the_first_is_a_conflict(send: Ask, ledger: Ledger) -> None:
    send(event(type="view"))
    (result,) = send(event(type="enrol"))["results"]
    assert result["status"] == "conflict"
    assert "event_id" in result["reason"]
    assert ledger.read()[0]["type"].to_list() == ["view"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"course_id": "no-such-course"}, "course_id: not a course"),
        ({"section_id": "no-such-section"}, "section_id: not a section"),
        ({"section_id": "s-paint-1"}, "section_id: a section of another course"),
        ({"type": "stare"}, "type: Input should be 'impression', 'view'"),
        ({"type": "rate", "value": 6}, "value goes from 1.0 to 5.0"),
        ({"type": "rate"}, "value goes from 1.0 to 5.0"),
        ({"type": "attend", "value": 1.5}, "value goes from 0.0 to 1.0"),
        ({"occurred_at": "2025-09-01T12:00:00"}, "occurred_at: Input should have timezone"),
        ({"occurred_at": 1756699200}, "occurred_at: expected an ISO 8601 time"),
        ({"occurred_at": "2025-09-01T12:06:00+08:00"}, "occurred_at: lies in the future"),
        ({"position": 0}, "position: Input should be greater than or equal to 1"),
        ({"propensity": 0}, "propensity: Input should be greater than 0"),
        ({"propensity": 1.01}, "propensity: Input should be less than or equal to 1"),
        ({"surface": "billboard"}, "surface: Input should be 'home', 'search'"),
        ({"learner_id": ""}, "learner_id: String should have at least 1 character"),
        ({"learner_id": None}, "learner_id: Input should be a valid string"),
        ({"colour": "red"}, "colour: unknown field; known are event_id"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_the_others_are_taken(
    send: Ask, ledger: Ledger, changes: dict[str, object], reason: str
) -> None:
    answer = send(event("good-1"), event("bad", **changes), event("good-2"))
    assert [result["status"] for result in answer["results"]] == [
        "accepted",
        "rejected",
        "accepted",
    ]
    assert reason in answer["results"][1]["reason"]
    assert (answer["accepted"], answer["rejected"]) == (2, 1)
    assert ledger.read()[0]["event_id"].to_list() == ["good-1", "good-2"]


@pytest.mark.parametrize("row", [None, 7, "view", [], [[]], {}, True])
def test_a_row_that_is_no_event_at_all_is_rejected(send: Ask, row: object) -> None:
    (result,) = send(row)["results"]
    assert result["status"] == "rejected"
    assert result["reason"]


def test_events_of_a_learner_we_do_not_know_yet_are_kept(
    send: Ask, recommend: Ask, ledger: Ledger
) -> None:
    assert send(event(learner_id="stranger"))["accepted"] == 1
    assert ledger.events_of("stranger").height == 1
    assert recommend(learner_id="stranger")["meta"]["fallback"] == "unknown_learner"


def test_when_the_log_cannot_be_written_nothing_is_acknowledged(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "disk I/O error"
        raise LedgerError(message)

    monkeypatch.setattr(Ledger, "append", broken)
    response = client.post("/v1/events", json={"events": [event()]})
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.headers["content-type"] == "application/problem+json"


def test_without_an_event_log_no_event_is_taken(state: State) -> None:
    request = EventsRequest.model_validate({"events": [event()]})
    with pytest.raises(NotReadyError, match="no event log"):
        take(replace(state, ledger=None), request)
