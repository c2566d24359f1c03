import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.supply.completion import (
    FIRST_RATE,
    USUAL_CORRELATION,
    Completion,
    Correlations,
    correlations,
    fit_completion,
)

KEY = {"institution_id": "school", "programme": "vocational"}


def _outcomes(*rows: tuple[str, int, int], school: str = "school") -> pl.DataFrame:
    """(course, holders, completed) of one section each."""
    return pl.DataFrame(
        [
            {
                "section_id": f"{school}-{number}", "course_id": course,
                "institution_id": school, "programme": "vocational",
                "holders": holders, "completed": completed,
            }
            for number, (course, holders, completed) in enumerate(rows)
        ],
        schema={
            "section_id": pl.String, "course_id": pl.String, "institution_id": pl.String,
            "programme": pl.String, "holders": pl.Int64, "completed": pl.Int64,
        },
    )  # fmt: skip


def _rate(found: Completion, course: str, **key: str) -> tuple[float, float]:
    asked = pl.DataFrame({"course_id": [course], **{k: [v] for k, v in {**KEY, **key}.items()}})
    row = found.expected(asked).row(0, named=True)
    return row["rate"], row["correlation"]


def _world(
    rng: np.random.Generator, rho: Correlations, groups: int, courses: int, sections: int, n: int
) -> pl.DataFrame:
    """Outcomes drawn from nested betas around .7, level by level."""

    def around(mean: np.ndarray, correlation: float, each: int) -> np.ndarray:
        strength = 1 / correlation - 1
        wide = np.repeat(mean, each)
        return np.clip(rng.beta(wide * strength, (1 - wide) * strength), 0.01, 0.99)

    group = around(np.array([0.7]), rho.group, groups)
    course = around(group, rho.course, courses)
    section = around(course, rho.section, sections)
    number = np.arange(len(section))
    return pl.DataFrame(
        {
            "section_id": [f"s{i}" for i in number],
            "course_id": [f"c{i // sections}" for i in number],
            "institution_id": [f"g{i // sections // courses}" for i in number],
            "programme": ["vocational"] * len(section),
            "holders": np.full(len(section), n),
            "completed": rng.binomial(n, section),
        }
    )


def test_the_correlations_that_made_a_world_are_found_again() -> None:
    true = Correlations(group=0.08, course=0.05, section=0.03)
    found = correlations(_world(np.random.default_rng(1), true, 150, 12, 5, 25), 0.7)
    assert found.group == pytest.approx(0.08, abs=0.02)
    assert found.course == pytest.approx(0.05, abs=0.015)
    assert found.section == pytest.approx(0.03, abs=0.015)


def test_nine_of_ten_hidden_sections_bring_as_many_completers_as_their_interval_says() -> None:
    rng = np.random.default_rng(2)
    world = _world(rng, Correlations(0.05, 0.08, 0.03), 60, 8, 4, 25)
    hidden = pl.Series(rng.random(world.height) < 0.3)
    told = fit_completion(world.filter(~hidden)).expected(world.filter(hidden))
    rate, rho = told["rate"].to_numpy(), told["correlation"].to_numpy()
    spread = np.sqrt(25 * rate * (1 - rate) * (1 + 24 * rho))
    miss = np.abs(world.filter(hidden)["completed"].to_numpy() - 25 * rate)
    assert 0.86 < (miss <= 1.645 * spread + 0.5).mean() < 0.95
    plain = np.abs(world.filter(hidden)["completed"].to_numpy() - 25 * 0.7)
    assert np.square(miss).mean() < 0.8 * np.square(plain).mean(), "the hierarchy tells something"


def test_a_course_lies_between_its_own_past_and_its_school() -> None:
    found = fit_completion(_outcomes(("good", 20, 19), ("poor", 20, 8), ("poor", 20, 6)))
    good, poor, new = (_rate(found, course) for course in ("good", "poor", "new"))
    assert poor[0] < new[0] < good[0]
    assert 7 / 20 < poor[0] < found.city
    assert found.city < good[0] < 19 / 20
    assert new[1] > poor[1], "less is known of a course never held"


def test_a_school_unheard_of_completes_as_the_city_does() -> None:
    found = fit_completion(_outcomes(("good", 20, 19), ("poor", 20, 8)))
    rate, correlation = _rate(found, "new", institution_id="elsewhere")
    assert rate == found.city
    assert correlation > _rate(found, "new")[1]


def test_before_anything_is_told_the_guess_stands() -> None:
    found = fit_completion(_outcomes())
    assert found.city == FIRST_RATE
    assert found.correlations == Correlations(*[USUAL_CORRELATION] * 3)
    assert _rate(found, "new") == (FIRST_RATE, pytest.approx(3 * USUAL_CORRELATION))


ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.floats(0, 1)), max_size=8)


@settings(max_examples=40)
@given(rows=ROWS)
def test_rates_are_chances_and_correlations_too(rows: list[tuple[str, int, float]]) -> None:
    found = fit_completion(_outcomes(*[(c, n, round(n * share)) for c, n, share in rows]))
    for course in "abcd":
        rate, correlation = _rate(found, course)
        assert 0 < rate < 1
        assert 0 < correlation <= 1
