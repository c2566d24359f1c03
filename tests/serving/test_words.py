"""Slots, prices and journeys read like words."""

import doctest

import pytest

from serving import words
from serving.words import minutes_in_words, price_in_words, slots_in_words


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("slots", "zh", "en"),
    [
        (["3E"], "周三晚", "Wed evening"),
        (["1M", "7A"], "周一上午、周日下午", "Mon morning, Sun afternoon"),
        ([], "随时", "any time"),
    ],
)
def test_slots_are_named_by_weekday_and_part_of_day(slots: list[str], zh: str, en: str) -> None:
    assert slots_in_words(slots, "zh") == zh
    assert slots_in_words(slots, "en") == en


def test_a_price_is_in_yuan_and_nothing_is_free() -> None:
    assert price_in_words(12345, "zh") == "123.45 元"
    assert price_in_words(30000, "en") == "¥300"
    assert price_in_words(0, "en") == "free"


def test_an_unknown_journey_says_nothing_rather_than_zero() -> None:
    assert minutes_in_words(None, "offline", "zh") == ""
    assert minutes_in_words(None, "online_recorded", "zh") == "线上"
