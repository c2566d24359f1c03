"""What a study of the pilots says, and what it owns that it can't say."""

from collections.abc import Sequence

import polars as pl
import pytest

from recsys.planning.pilots.study import Study, study

TERMS = ("2023春", "2023秋", "2024春", "2024秋")
PILOTS = ("330111000000", "330113000000", "330114000000")
OTHERS = tuple(f"3301{number:02}000000" for number in (2, 5, 6, 8, 9, 10, 12, 22, 27, 82))

Figures = dict[tuple[str, str], float | None]


def figures(codes: Sequence[str], jump: float = 0.0, course: float = 0.0) -> Figures:
    """Levels and small waves of their own; pilots rise with the start, or on a course of theirs."""
    return {
        (code, term): 10 + place + 0.3 * ((place * 7 + number * 5) % 4)
        + (course * number if code in PILOTS else 0)
        + (jump if code in PILOTS and number >= 2 else 0)
        for place, code in enumerate(codes)
        for number, term in enumerate(TERMS)
    }  # fmt: skip


def panel_of(values: Figures, outcome: str = "enrolments_per_10000") -> pl.DataFrame:
    rows = [(code, term, outcome, value) for (code, term), value in values.items()]
    schema = {
        "division_code": pl.String,
        "term": pl.String,
        "outcome": pl.String,
        "value": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def studied(
    panel: pl.DataFrame,
    others: Sequence[str] = OTHERS,
    before: int = 2,
    terms: Sequence[str] = TERMS,
) -> Study:
    return study(panel, PILOTS, others, terms, before, names={"330111000000": "富阳区"})


def only(found: Study) -> dict[str, object]:
    return found.effects.row(0, named=True)


def test_a_jump_of_the_pilots_is_found_and_said() -> None:
    row = only(studied(panel_of(figures([*PILOTS, *OTHERS], jump=4.0))))
    assert row["effect"] == pytest.approx(4.0, abs=0.4)
    assert row["confidence"] == 0.95
    assert "区间不含零" in str(row["note"])
    assert "excludes zero" in str(row["note_en"])


def test_without_a_jump_it_says_how_small_an_effect_could_not_be_seen() -> None:
    row = only(studied(panel_of(figures([*PILOTS, *OTHERS]))))
    assert "看不出试点的作用" in str(row["note"])
    assert "can't be seen with these data" in str(row["note_en"])


def test_three_pilots_alone_are_before_and_after_only() -> None:
    found = studied(panel_of(figures(PILOTS, jump=4.0)))
    row = only(found)
    assert row["effect"] is None
    assert "只能看前后" in str(row["note"])
    assert found.paths.is_empty()
    assert found.changes["change"].mean() == pytest.approx(4.0, abs=0.4)


def test_one_other_district_is_too_few_and_said_so() -> None:
    row = only(studied(panel_of(figures([*PILOTS, OTHERS[0]])), others=OTHERS[:1]))
    assert row["low"] is None
    assert "too few districts" in str(row["note_en"])


@pytest.mark.parametrize("before", [0, len(TERMS)])
def test_terms_on_one_side_alone_compare_nothing(before: int) -> None:
    found = studied(panel_of(figures([*PILOTS, *OTHERS])), before=before)
    assert only(found)["effect"] is None
    assert "both are needed" in str(only(found)["note_en"])
    assert found.panel.height == 13 * len(TERMS)


def test_a_held_back_figure_leaves_its_district_out_and_names_it() -> None:
    values = figures([*PILOTS, *OTHERS])
    values["330111000000", "2023秋"] = None
    row = only(studied(panel_of(values)))
    assert row["pilots"] == 2
    assert "富阳区" in str(row["note"])


def test_a_course_that_began_before_the_start_is_no_effect_of_the_pilot() -> None:
    values = figures([*PILOTS, *OTHERS], course=3.0)
    row = only(study(panel_of(values), PILOTS, OTHERS, TERMS, 3, "equal"))
    assert "走势已经不同" in str(row["note"])
    assert row["drift"] == pytest.approx(3.0 * len(TERMS) / 2, abs=0.6)


def test_one_term_before_checks_no_trend() -> None:
    row = only(studied(panel_of(figures([*PILOTS, *OTHERS])), before=1))
    assert row["trend"] is None
    assert "无从检验" in str(row["note"])


def test_a_share_is_told_in_points() -> None:
    values = {key: (value or 0) / 100 for key, value in figures([*PILOTS, *OTHERS]).items()}
    row = only(studied(panel_of(dict(values), "fill_rate")))
    assert "个百分点" in str(row["note"])


def test_weights_add_up_and_leave_pilots_out() -> None:
    found = studied(panel_of(figures([*PILOTS, *OTHERS])))
    assert found.weights["weight"].sum() == pytest.approx(1.0)
    assert not set(found.weights["division_code"]) & set(PILOTS)


def test_the_path_tells_terms_in_order_and_which_lie_after() -> None:
    path = studied(panel_of(figures([*PILOTS, *OTHERS], jump=4.0))).paths
    assert path["term"].to_list() == list(TERMS)
    assert path["after"].to_list() == [False, False, True, True]
    assert path.filter("after")["difference"].min() > 3  # type: ignore[operator]
