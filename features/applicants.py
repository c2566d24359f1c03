"""Applicants that a new section may expect, from what like sections had.

The expected number is a product, each factor shrunk towards 1 by a gamma prior with the strength
of so many applicants:

    mean = city · programme and category · part of the week · district · course
    factor = (applicants there + s) / (applicants expected there without the factor + s)

A course never held before has the factor 1, and says so by a wider interval. Single sections
scatter by a negative binomial, mean m and variance m + m² (d + d_course [course is new]), both
dispersions found by moments, floored at ``LEAST_SCATTER``. Cancelled sections count with the
applicants they had: to leave them out would promise too much. The factors are
posterior means of gamma-Poisson rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import nbinom

from data.city import City
from features.asof import in_utc, known
from features.section import section_features

Floats = NDArray[np.float64]

FACTORS: Final = (("programme", "category"), ("window",), ("district_code",), ("course_id",))
"""What applicants depend on, in the order in which factors are found."""

STRENGTH: Final = 40.0
"""Applicants that the prior of a factor is worth: about two sections."""

LEAST_SCATTER: Final = 0.05
"""Dispersion that no history makes smaller."""

FIRST: Final = 15.0
"""Applicants expected before any section was ever held; a guess."""

WINDOWS: Final = ("daytime", "evening", "weekend")
"""Parts of a week: mornings and afternoons from Monday to Friday, their evenings, the weekend."""

LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Applicants:
    """What was learned of applicants.

    Attributes:
        city: mean applicants of a section.
        factors: one frame for each of ``FACTORS``: its columns and ``factor``.
        scatter: dispersion of sections of known courses.
        unknown: dispersion added for a course without history.
    """

    city: float
    factors: tuple[pl.DataFrame, ...]
    scatter: float
    unknown: float

    def expected(self, sections: pl.DataFrame) -> pl.DataFrame:
        """Applicants of sections that might be held.

        Args:
            sections: programme, category, window, district_code and course_id; null unknown.

        Returns:
            applicants (mean), low and high (5-95 % of single sections), in their order.
        """
        rows = sections.select(*dict.fromkeys(name for names in FACTORS for name in names))
        mean, new = np.full(rows.height, self.city), np.zeros(rows.height, dtype=np.bool_)
        for names, factors in zip(FACTORS, self.factors, strict=True):
            found = _factor(rows, names, factors)
            mean, new = mean * np.where(np.isnan(found), 1.0, found), np.isnan(found)
        shape = 1.0 / (self.scatter + np.where(new, self.unknown, 0.0))
        chance = shape / (shape + mean)
        ends = {name: nbinom.ppf(q, shape, chance) for name, q in (("low", LOW), ("high", HIGH))}
        return pl.DataFrame({"applicants": mean, **ends})


def applicants_of_city(city: City, moment: datetime) -> Applicants:
    """Learn applicants from the sections whose enrolment was over by a moment.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    return learn(past_sections(city, moment))


def past_sections(city: City, moment: datetime) -> pl.DataFrame:
    """Sections in a room whose enrolment is over, with their applicants.

    Returns:
        section_id, course_id, programme, category, window, district_code, lon, lat, venue_id,
        teaches_skill_ids, applicants (distinct learners who applied, at least those enrolled).
    """
    cut = in_utc(moment)
    asked = (
        known(city, "events", cut)
        .filter(pl.col("type").is_in(["apply", "waitlist"]), pl.col("section_id").is_not_null())
        .group_by("section_id")
        .agg(asked=pl.col("learner_id").n_unique())
        .collect()
    )
    rows = section_features(city, cut).filter(
        pl.col("apply_closes_at") <= cut,
        pl.col("venue_id").is_not_null(),
        pl.col("state").cast(pl.String) != "draft",
    )
    told = rows.join(asked, on="section_id", how="left", maintain_order="left")
    applicants = pl.max_horizontal(pl.col("asked").fill_null(0), "enrolled").cast(pl.Float64)
    names = ("section_id", "course_id", "programme", "category", "district_code", "venue_id")
    return told.select(
        *names, "lon", "lat", "teaches_skill_ids", window=window_of("slots"), applicants=applicants
    )


def window_of(column: str) -> pl.Expr:
    """The part of the week of a section's first slot; null without slots."""
    slot = pl.col(column).list.first()
    weekend, evening = slot.str.slice(0, 1).is_in(["6", "7"]), slot.str.ends_with("E")
    other = pl.when(slot.is_not_null()).then(pl.lit("daytime"))
    late = pl.when(evening).then(pl.lit("evening")).otherwise(other)
    return pl.when(weekend).then(pl.lit("weekend")).otherwise(late)


def learn(past: pl.DataFrame) -> Applicants:
    """Factors and scatter of past sections.

    Args:
        past: ``past_sections``.
    """
    if past.is_empty():
        empty = tuple(
            pl.DataFrame(schema={**dict.fromkeys(names, pl.String), "factor": pl.Float64})
            for names in FACTORS
        )
        return Applicants(FIRST, empty, 0.5, 0.5)
    rows = past.with_columns(pl.col("programme", "category").cast(pl.String))
    heard = rows["applicants"].to_numpy()
    city = float((heard.sum() + FIRST) / (len(heard) + 1))
    mean, factors, before = np.full(len(heard), city), list[pl.DataFrame](), np.zeros(0)
    for names in FACTORS:
        before = mean
        factors.append(_shrunk(rows.with_columns(expected=pl.Series(mean)), names))
        found = _factor(rows, names, factors[-1])
        mean = mean * np.where(np.isnan(found), 1.0, found)
    own = _scatter(heard, mean)
    return Applicants(city, tuple(factors), own, max(_scatter(heard, before) - own, 0.0))


def _shrunk(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    sums = rows.drop_nulls(names).group_by(names).agg(pl.col("applicants", "expected").sum())
    factor = (pl.col("applicants") + STRENGTH) / (pl.col("expected") + STRENGTH)
    return sums.select(*names, factor=factor).sort(names)


def _factor(rows: pl.DataFrame, names: Sequence[str], factors: pl.DataFrame) -> Floats:
    """The factor of each row; NaN where there is none."""
    keys = rows.select(pl.col(name).cast(pl.String) for name in names)
    found = keys.join(factors, on=list(names), how="left", maintain_order="left")
    return found["factor"].fill_null(np.nan).to_numpy()


def _scatter(heard: Floats, mean: Floats) -> float:
    """Dispersion by moments: (squares beyond Poisson) / (squared means)."""
    beyond = float(((heard - mean) ** 2 - mean).sum() / max(float((mean**2).sum()), 1.0))
    return max(beyond, LEAST_SCATTER)
