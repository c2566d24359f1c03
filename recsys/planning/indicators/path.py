"""How a value stands against its target: on the straight path to the due date, or behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Status = Literal["green", "amber", "red", "unknown", "expired"]

CEILING_SLACK: Final = 1.1
"""A ceiling overstepped by up to a tenth is amber."""

HALFWAY: Final = 0.5
"""Part of the progress due by now from which a value is amber and no longer red."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A value held against its target.

    Attributes:
        status: red, amber or green; unknown without a value or a path; expired after the term.
        reached: whether the target is met; None where the value is unknown.
        expected: what the straight path asks for on the day; None without a path.
    """

    status: Status
    reached: bool | None
    expected: float | None = None


def standing(
    value: float | None,
    target: float,
    day: date,
    due_on: date,
    first: tuple[date, float] | None,
    *,
    at_most: bool = False,
) -> Standing:
    """The status of a value on a day.

    A goal is green where it is reached or the value is on or above the straight line from the
    first known value to the target on the due date, amber from half of the progress due by then,
    else red. Who fell back from a target once reached is red. A ceiling is green up to the
    target, amber up to a tenth above it, else red. Without a value, or without an earlier one to
    draw the line from, the status is unknown; after the due date it is expired, whatever it was.

    Args:
        value: in the target's unit; None unknown.
        target: to be reached, or not to be exceeded.
        day: on which the value holds.
        due_on: last day of the target's term.
        first: the first known value and its day.
        at_most: whether the target is a ceiling.
    """
    if value is None:
        return Standing("expired" if day > due_on else "unknown", None)
    if at_most:
        return _under_ceiling(value, target, expired=day > due_on)
    expected = None if first is None else _expected(target, day, due_on, first)
    reached = value >= target
    if day > due_on:
        return Standing("expired", reached, expected)
    return Standing(_on_path(value, target, expected, first), reached, expected)


def _under_ceiling(value: float, target: float, *, expired: bool) -> Standing:
    reached = value <= target
    if expired:
        return Standing("expired", reached, target)
    near: Status = "amber" if value <= CEILING_SLACK * target else "red"
    return Standing("green" if reached else near, reached, target)


def _expected(target: float, day: date, due_on: date, first: tuple[date, float]) -> float:
    since, at_first = first
    start = min(at_first, target)
    term = max(1, (due_on - since).days)
    return start + (target - start) * min(1.0, (day - since).days / term)


def _on_path(
    value: float, target: float, expected: float | None, first: tuple[date, float] | None
) -> Status:
    if value >= target:
        return "green"
    if expected is None or first is None:
        return "unknown"
    if value >= expected:
        return "green"
    start = min(first[1], target)
    return "amber" if start < target and value >= start + HALFWAY * (expected - start) else "red"
