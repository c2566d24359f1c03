"""Moments given on the command line."""

import doctest

import pytest

from data.cli import moments
from data.cli.moments import read_moment
from data.errors import XuepeiError


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(moments).failed == 0


def test_a_day_begins_in_the_citys_time_zone() -> None:
    assert read_moment("2025-09-01") == read_moment("2025-09-01T00:00:00+08:00")
    assert read_moment(" 2025-09-01T04:00:00Z ") == read_moment("2025-09-01T12:00:00+08:00")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025-09-01T12:00:00", r"has no offset; write 2025-09-01T12:00:00\+08:00"),
        ("2025-02-30", "is no time; expected ISO 8601"),
        ("now", "is no time"),
        ("", "is no time"),
    ],
)
def test_what_could_mean_two_moments_is_refused(text: str, message: str) -> None:
    with pytest.raises(XuepeiError, match=message):
        read_moment(text)
