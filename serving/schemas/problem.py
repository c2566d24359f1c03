"""Errors on the wire: RFC 9457 problem details, which never repeat what was sent."""

from pydantic import Field

from serving.schemas.fields import Wire


class FieldProblem(Wire):
    """One field of the request that can't be used."""

    path: str
    """Where it stands in the body, such as ``context.free_slots.0``."""
    expected: str
    """What would have been right."""


class Problem(Wire):
    """A problem document (RFC 9457), sent as ``application/problem+json``."""

    type: str = Field(examples=["urn:xuepei:problem:invalid-request"])
    """Which kind of problem; stable for programs."""
    title: str
    """The kind in words."""
    status: int
    """The HTTP status code."""
    detail: str
    """What was wrong this time, and what was expected."""
    errors: list[FieldProblem] = Field(default=[])
    """The fields at fault, at most 20; only for an invalid request."""
