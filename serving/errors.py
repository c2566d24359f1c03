"""Errors of the service, answered as problem documents (RFC 9457) that never echo the request.

XuepeiError
└── ServingError            what the service answers with a status other than 200
    ├── BadBodyError        400: the body isn't JSON that we read
    ├── BodyTooLargeError   413: the body is longer than the limit
    ├── NotJsonError        415: the body isn't declared as JSON
    ├── UnknownSectionError 404: a section that the snapshot doesn't hold
    ├── UnknownWishError    404: a learner, an occupation or a skill that isn't known
    ├── NoTableError        404: the snapshot lacks what a planner's table is made of
    ├── NoPlanError         409: nothing can be planned under these limits
    ├── BadCursorError      409: a cursor of another table, version or question
    ├── NotReadyError       503: nothing is loaded yet, or the event log can't be used
    ├── BusyError           503: another search is under way
    └── TableNotReadyError  503: a planner's table is still being worked out
"""

from typing import ClassVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from data.errors import LedgerError, XuepeiError
from recsys.errors import QueryError
from serving.schemas.problem import FieldProblem, Problem
from serving.validation import field_problems, model_of

MEDIA_TYPE = "application/problem+json"


class ServingError(XuepeiError):
    """What the service answers with a status other than 200."""

    status: ClassVar[int]
    kind: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}


class BadBodyError(ServingError):
    """The body isn't JSON that we read."""

    status, kind, title = 400, "bad-body", "The body can't be read"


class BodyTooLargeError(ServingError):
    """The body is longer than the limit."""

    status, kind, title = 413, "body-too-large", "The body is too large"


class NotJsonError(ServingError):
    """The body isn't declared as JSON."""

    status, kind, title = 415, "not-json", "The body isn't declared as JSON"


class UnknownSectionError(ServingError):
    """A section that the snapshot doesn't hold."""

    status, kind, title = 404, "unknown-section", "There is no such section"


class UnknownWishError(ServingError):
    """A path for a learner, or to an occupation or a skill, that isn't known."""

    status, kind, title = 404, "unknown-wish", "There is no such learner, occupation or skill"


class NoTableError(ServingError):
    """The snapshot lacks what a planner's table is made of; says what."""

    status, kind, title = 404, "no-table", "The snapshot holds no such table"


class NoPlanError(ServingError):
    """Nothing can be planned under these limits; says why."""

    status, kind, title = 409, "no-plan", "There is no such plan"


class BadCursorError(ServingError):
    """A cursor of another table, version or question."""

    status, kind, title = 409, "bad-cursor", "The cursor can't be used"


class NotReadyError(ServingError):
    """Nothing is loaded yet, or the event log can't be used."""

    status, kind, title = 503, "not-ready", "The service isn't ready"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1"}


class BusyError(ServingError):
    """Another search is under way."""

    status, kind, title = 503, "busy", "Another search is under way"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "10"}


class TableNotReadyError(ServingError):
    """A planner's table is still being worked out."""

    status, kind, title = 503, "table-not-ready", "The table is being worked out"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "10"}


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem document."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ServingError, _serving)
    app.add_exception_handler(QueryError, _query)
    app.add_exception_handler(LedgerError, _ledger)
    app.add_exception_handler(HTTPException, _http)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem document as a response."""
    body = problem.model_dump_json(exclude_defaults=True)
    return Response(body, problem.status, headers, media_type=MEDIA_TYPE)


def unexpected() -> Response:
    """What a fault of our own is answered with; the log has its trace."""
    detail = "the request was understood, and answering it failed; the log has the trace"
    return problem_response(_problem("internal", 500, _TITLES[500], detail))


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The ``responses`` of a route that may answer with these statuses, for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}


_TITLES = {
    400: BadBodyError.title,
    404: "There is nothing of this name",
    405: "The path has no such method",
    409: "The request doesn't fit what there is",
    413: BodyTooLargeError.title,
    415: NotJsonError.title,
    422: "The request is not valid",
    500: "Something went wrong on our side",
    503: NotReadyError.title,
}


def _problem(kind: str, status: int, title: str, detail: str) -> Problem:
    return Problem(type=f"urn:xuepei:problem:{kind}", title=title, status=status, detail=detail)


async def _serving(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServingError)  # noqa: S101 - the handler is registered for this type
    problem = _problem(error.kind, error.status, error.title, str(error))
    return problem_response(problem, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    faults = field_problems(error.errors(), model_of(request.scope.get("endpoint")))
    detail = "; ".join(f"{fault.path}: {fault.expected}" for fault in faults[:3])
    problem = _problem("invalid-request", 422, _TITLES[422], detail)
    return problem_response(problem.model_copy(update={"errors": faults}))


async def _query(_request: Request, _error: Exception) -> Response:
    # The error's sentence may quote the request, so it isn't passed on.
    detail = "the combination of fields can't be answered; see the fields' descriptions"
    return problem_response(_problem("invalid-request", 422, _TITLES[422], detail))


async def _ledger(_request: Request, _error: Exception) -> Response:
    detail = "the event log can't be used at the moment; nothing was written, send it again"
    problem = _problem(NotReadyError.kind, 503, NotReadyError.title, detail)
    return problem_response(problem, NotReadyError.headers)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler is registered for this type
    kind, detail = {
        404: ("not-found", "there is nothing at this path; /openapi.json lists what there is"),
        405: ("method-not-allowed", "the path exists, but not with this method; see Allow"),
    }.get(error.status_code, ("http", "the request can't be answered"))
    title = _TITLES.get(error.status_code, "The request can't be answered")
    if error.status_code == 404:
        title = "Nothing here"
    headers = dict(error.headers) if error.headers else None
    return problem_response(_problem(kind, error.status_code, title, detail), headers)


__all__ = [
    "BadBodyError",
    "BodyTooLargeError",
    "FieldProblem",
    "NotJsonError",
    "NotReadyError",
    "ServingError",
    "UnknownSectionError",
    "UnknownWishError",
    "documented",
    "install",
    "problem_response",
    "unexpected",
]
