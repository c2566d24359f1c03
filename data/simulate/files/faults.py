"""The faults planted in a city's files: each breaks exactly one rule of the import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import polars as pl

TEXT = pl.String()


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of bad row: a good row, copied under a new id, with some cells spoiled.

    Attributes:
        rule: the rule that refuses it: a contract's rule, ``column|kind``, or one of coercion.
        cells: the spoiled cells; text in CSV tables, contract types elsewhere.
    """

    rule: str
    cells: Mapping[str, pl.Expr] = field(hash=False)


def _text(value: str) -> pl.Expr:
    return pl.lit(value, dtype=TEXT)


_OTHER_COURSE: Final = (
    pl.when(pl.col("course_id") == "course-000000")
    .then(_text("course-000001"))
    .otherwise(_text("course-000000"))
)
_MORE_THAN_SEATS: Final = (pl.col("capacity").cast(pl.Int64) + 7).cast(TEXT)

FAULTS: Final[Mapping[str, tuple[Fault, ...]]] = MappingProxyType(
    {
        "sections": (
            Fault(
                "enrolled_within_capacity",
                {"enrolled": _MORE_THAN_SEATS, "rule": _text("first_come")},
            ),
            Fault(
                "term_dates_in_order",
                {"starts_on": pl.col("ends_on"), "ends_on": pl.col("starts_on")},
            ),
            Fault("window_in_order", {"apply_closes_at": pl.col("apply_opens_at")}),
            Fault("minimum_within_capacity", {"min_to_open": _MORE_THAN_SEATS}),
            Fault("type", {"capacity": _text("二十五人")}),
            Fault("vocabulary", {"rule": _text("先到先得为主")}),
            Fault("unknown_course", {"course_id": _text("course-lost")}),
            Fault("unknown_venue", {"venue_id": _text("venue-lost"), "mode": _text("offline")}),
        ),
        "venues": (
            Fault("lat|max", {"lat": _text("39.904")}),
            Fault("vocabulary", {"scene": _text("屋顶花园")}),
            Fault("type", {"rooms": _text("三间")}),
            Fault("unknown_institution", {"institution_id": _text("inst-lost")}),
        ),
        "learners": (
            Fault(
                "home_is_a_point", {"home_lon": pl.lit(120.2), "home_lat": pl.lit(None, pl.Float64)}
            ),
            Fault("vocabulary", {"age_band": _text("30-39")}),
            Fault("digital_level|max", {"digital_level": pl.lit(9)}),
        ),
        "courses": (
            Fault("ages_in_order", {"age_min": pl.lit(60), "age_max": pl.lit(18)}),
            Fault("hours|max", {"hours": pl.lit(9000.0)}),
            Fault("unknown_institution", {"institution_id": _text("inst-lost")}),
        ),
        "postings": (
            Fault("closed_after_posted", {"closed_on": pl.col("posted_on").dt.offset_by("-1d")}),
            Fault("headcount|min", {"headcount": pl.lit(-3)}),
        ),
        "events": (
            Fault("value_suits_type", {"type": _text("rate"), "value": pl.lit(9.0)}),
            Fault("propensity|max", {"propensity": pl.lit(1.5)}),
            Fault("position|min", {"position": pl.lit(0)}),
            Fault("unknown_learner", {"learner_id": _text("learner-lost")}),
            Fault("section_of_another_course", {"course_id": _OTHER_COURSE}),
        ),
    }
)
"""By table, the bad rows planted in turn."""

OLD_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "330183000000": "mapped",
        "330104000000": "ambiguous",
        "330103000000": "mapped",
        "330185000000": "mapped",
    }
)
"""Codes from before the re-divisions, and what the import makes of them."""

OLD_CODE_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {"learners": "home_division_code", "postings": "division_code"}
)
"""Where rows with old codes are added; both columns may be null."""
