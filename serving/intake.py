"""Events on their way into the log: each row judged by itself."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import polars as pl
from pydantic import ValidationError

from data.tables import TABLES
from serving.errors import NotReadyError
from serving.schemas.events import EventIn, EventResult, EventsAnswer, EventsRequest
from serving.state import State
from serving.validation import field_problems

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a sender's clock may run ahead of ours."""

_CONFLICT: Final = "another event stands under this event_id"


def take(state: State, request: EventsRequest) -> EventsAnswer:
    """Judge every row and write the good ones; answered after the commit.

    A learner we don't know is fine: the platform registers learners between imports, and
    nothing is made of the events until a snapshot brings the learner's consent.

    Raises:
        NotReadyError: there is no event log.
        LedgerError: the event log can't be written; nothing was.
    """
    if state.ledger is None:
        message = "no event log is attached"
        raise NotReadyError(message)
    reasons = [_fault(state, row) for row in request.events]
    good = [
        (number, row)
        for number, (row, reason) in enumerate(zip(request.events, reasons, strict=True))
        if reason is None and isinstance(row, EventIn)
    ]
    frame = _frame([row for _, row in good])
    outcomes = state.ledger.append(frame, received_at=state.clock.wall())
    written = {number: outcome for (number, _), outcome in zip(good, outcomes, strict=True)}
    return _answer([_result(number, written, reason) for number, reason in enumerate(reasons)])


def _fault(state: State, row: object) -> str | None:
    """Why a row can't be taken; None when it can."""
    if not isinstance(row, EventIn):
        return _why_no_event(row)
    if row.course_id not in state.course_ids:
        return "course_id: not a course of this snapshot"
    if row.section_id is not None and row.section_id not in state.catalogue:
        return "section_id: not a section of this snapshot"
    if row.section_id is not None and state.catalogue.course_of[row.section_id] != row.course_id:
        return "section_id: a section of another course than course_id"
    if row.occurred_at > state.clock.latest() + CLOCK_SKEW:
        return "occurred_at: lies in the future"
    return None


def _why_no_event(row: object) -> str:
    """The row's first faults, in the words of the wire model."""
    try:
        EventIn.model_validate(row)
    except ValidationError as error:
        faults = field_problems(error.errors(include_input=False, include_url=False), EventIn)
        return "; ".join(f"{fault.path}: {fault.expected}" for fault in faults[:3])
    message = "a row that isn't an event was taken for one"
    raise AssertionError(message)  # pragma: no cover - the request's union has tried this before


def _frame(rows: Sequence[EventIn]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in TABLES["events"].columns().items()}
    return pl.DataFrame([row.model_dump() for row in rows], schema=types)


def _result(number: int, written: Mapping[int, Any], reason: str | None) -> EventResult:
    if number not in written:
        return EventResult(row=number, status="rejected", reason=reason)
    status = written[number]
    return EventResult(
        row=number, status=status, reason=_CONFLICT if status == "conflict" else None
    )


def _answer(results: list[EventResult]) -> EventsAnswer:
    statuses = [result.status for result in results]
    return EventsAnswer(
        accepted=statuses.count("accepted"),
        duplicate=statuses.count("duplicate"),
        conflict=statuses.count("conflict"),
        rejected=statuses.count("rejected"),
        results=results,
    )
