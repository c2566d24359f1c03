"""Applicants expected of like sections: shrunk where little was heard, wider where nothing was."""

import numpy as np
import polars as pl
import pytest

from features.applicants import FIRST, learn, window_of


def past(rows: list[tuple[str, str, str, float]]) -> pl.DataFrame:
    """Sections by course, window, district and applicants, all of one programme."""
    names = ["course_id", "window", "district_code", "applicants"]
    return pl.DataFrame(rows, names, orient="row").with_columns(
        programme=pl.lit("night_school"), category=pl.lit("health")
    )


def ask(course: str, window: str = "evening", district: str = "a") -> pl.DataFrame:
    return past([(course, window, district, 0.0)])


def test_a_course_often_crowded_is_expected_to_be_crowded() -> None:
    rng = np.random.default_rng(1)
    rows = [("full", "evening", "a", float(rng.poisson(60))) for _ in range(20)]
    rows += [("thin", "evening", "a", float(rng.poisson(10))) for _ in range(20)]
    found = learn(past(rows))
    full, thin = (found.expected(ask(name))["applicants"].item() for name in ("full", "thin"))
    assert full == pytest.approx(60, rel=0.1)
    assert thin == pytest.approx(10, rel=0.2)


def test_one_lucky_section_moves_a_course_less_than_twenty_do() -> None:
    usual = [(f"c{n}", "evening", "a", 20.0) for n in range(30)]
    once = learn(past([*usual, ("lucky", "evening", "a", 80.0)]))
    often = learn(past([*usual, *[("lucky", "evening", "a", 80.0)] * 20]))
    first, second = (it.expected(ask("lucky"))["applicants"].item() for it in (once, often))
    assert 20 < first < second <= 81


def test_evenings_that_draw_more_are_expected_to_draw_more() -> None:
    rows = [
        (f"c{n % 9}", w, "a", many)
        for n in range(40)
        for w, many in (("evening", 30.0), ("daytime", 10.0))
    ]
    found = learn(past(rows))
    at = {w: found.expected(ask("new", w))["applicants"].item() for w in ("evening", "daytime")}
    assert at["evening"] > 2 * at["daytime"]


def test_nine_of_ten_sections_fall_into_their_interval() -> None:
    rng = np.random.default_rng(2)
    level = {f"c{n}": float(rng.gamma(4, 6)) for n in range(60)}
    drawn = [
        (name, "evening", "a", float(rng.poisson(m * rng.gamma(5, 0.2))))
        for name, m in level.items()
        for _ in range(10)
    ]
    found, seen = learn(past(drawn)), past(drawn)
    told = found.expected(seen)
    inside = ((seen["applicants"] >= told["low"]) & (seen["applicants"] <= told["high"])).mean()
    assert 0.84 < float(inside or 0.0) < 0.97


def test_a_course_never_held_is_told_with_a_wider_interval() -> None:
    rng = np.random.default_rng(3)
    rows = [
        (f"c{n}", "evening", "a", float(rng.poisson(rng.gamma(2, 12))))
        for n in range(40)
        for _ in range(3)
    ]
    rows += [("mean", "evening", "a", 24.0)] * 6
    told = learn(past(rows)).expected(pl.concat([ask("mean"), ask("never")]))
    width = (told["high"] - told["low"]).to_list()
    assert width[1] > width[0]


def test_without_any_history_a_guess_is_told_with_a_wide_interval() -> None:
    told = learn(past([]).clear()).expected(ask("c"))
    assert told["applicants"].item() == FIRST
    assert told["low"].item() < FIRST / 3
    assert told["high"].item() > 2 * FIRST


def test_the_part_of_the_week_is_that_of_the_first_slot() -> None:
    rows = pl.DataFrame({"slots": [["3E"], ["2M", "3E"], ["6M"], [], None]})
    assert rows.select(window_of("slots")).to_series().to_list() == [
        "evening", "daytime", "weekend", None, None,
    ]  # fmt: skip
