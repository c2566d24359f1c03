"""Chance of completing: the beta-binomial, shrunk course -> school and programme -> city.

Whether two learners complete goes together more, the more they share. With residuals around the
city's rate p, v = p(1 - p), the mean product of the residuals of two learners is

    of the same group, other courses      v · rho_group
    of the same course, other sections    v · (rho_group + rho_course)
    of the same section                   v · (rho_group + rho_course + rho_section)

so that all three correlations come from sums of squares, by moments. A level of correlation rho
is a Beta of strength s = 1/rho - 1 around the level above it:

    rate = (completed + s · rate above) / (holders + s)

n learners of one section (course) tell as much as n / (1 + (n - 1) rho) learners apart. m further
learners bring a beta-binomial number of completers:

    mean m p        variance m p (1 - p) (1 + (m - 1) rho_m),  rho_m = rho_section + 1/(n + s + 1)

Source: METHODS section 4; the moments are those of a nested analysis of variance (Searle 1971);
the design effect is Kish's (1965).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

GROUP: Final = ("institution_id", "programme")

FIRST_RATE: Final = 0.75
"""Rate expected before anybody's completion was told; a guess."""

FIRST_STRENGTH: Final = 4.0
"""Learners whose word ``FIRST_RATE`` is worth."""

USUAL_CORRELATION: Final = 0.05
"""Taken for a level at which no two learners can be compared."""

CORRELATIONS: Final = (1e-4, 0.5)
"""Least and greatest correlation of one level."""


@dataclass(frozen=True, slots=True)
class Correlations:
    """How alike learners' completion is, beyond what the level above has alike; each 0 to 1.

    Attributes:
        group: within a school and programme.
        course: within a course.
        section: within a section.
    """

    group: float = USUAL_CORRELATION
    course: float = USUAL_CORRELATION
    section: float = USUAL_CORRELATION


@dataclass(frozen=True, slots=True)
class Completion:
    """Completion rates of a city.

    Attributes:
        city: rate of all together.
        correlations: how alike learners are at each level.
        groups: institution_id, programme, rate, told (learners the rate rests on, prior's in).
        courses: course_id, rate, told.
    """

    city: float
    correlations: Correlations
    groups: pl.DataFrame
    courses: pl.DataFrame

    def expected(self, sections: pl.DataFrame) -> pl.DataFrame:
        """Rate and correlation of further learners, of courses old and new.

        Args:
            sections: course_id, institution_id and programme.

        Returns:
            rate and correlation (rho_m), a row for each of ``sections``, in their order.
        """
        known = sections.join(self.courses, on="course_id", how="left", maintain_order="left").join(
            self.groups, on=GROUP, how="left", maintain_order="left", suffix="_group"
        )
        rho = self.correlations
        group = (1 / (pl.col("told_group") + 1)).fill_null(rho.group)
        course = (1 / (pl.col("told") + 1)).fill_null(rho.course + group)
        return known.select(
            rate=pl.coalesce("rate", "rate_group", pl.lit(self.city)),
            correlation=pl.min_horizontal(course + rho.section, 1.0),
        )


def fit_completion(outcomes: pl.DataFrame) -> Completion:
    """Rates of every course and group of which something is told.

    Args:
        outcomes: section_id, course_id, institution_id, programme, holders and completed
            (persons), a row for each section.
    """
    told = outcomes.filter(pl.col("holders") > 0)
    holders, completed = float(told["holders"].sum()), float(told["completed"].sum())
    city = (completed + FIRST_STRENGTH * FIRST_RATE) / (holders + FIRST_STRENGTH)
    rho = correlations(told, city)
    courses = _gathered(told, ("course_id", *GROUP), rho.section)
    groups = _shrunk(_gathered(courses, GROUP, rho.course), pl.lit(city), rho.group)
    above = courses.join(
        groups.select(*GROUP, above="rate"), on=GROUP, how="left", nulls_equal=True
    )
    return Completion(
        city,
        rho,
        groups.select(*GROUP, "rate", "told"),
        _shrunk(above, pl.col("above"), rho.course).select("course_id", "rate", "told"),
    )


def correlations(outcomes: pl.DataFrame, rate: float) -> Correlations:
    """The three correlations by moments; see the module.

    Args:
        outcomes: as ``fit_completion`` takes them, with holders everywhere.
        rate: of the city.
    """
    x, n = pl.col("completed"), pl.col("holders")
    rows = outcomes.with_columns(
        off=x - n * rate, own=x * (1 - rate) ** 2 + (n - x) * rate**2, learners=n
    )
    own, alone = float(rows["own"].sum()), float(rows["learners"].sum())
    squares: list[tuple[float, float]] = [(own, alone)]
    for level in (("section_id",), ("course_id",), GROUP):
        sums = rows.group_by(level).agg(pl.col("off", "learners").sum())
        both = sums.select((pl.col("off") ** 2).sum(), (pl.col("learners") ** 2).sum()).row(0)
        squares.append((float(both[0]), float(both[1])))
    return _nested(squares, rate * (1 - rate))


def _nested(squares: Sequence[tuple[float, float]], v: float) -> Correlations:
    """From (sum of squares, pairs) of learners, sections, courses and groups, the deepest first."""
    shared = [
        (wide[0] - deep[0]) / ((wide[1] - deep[1]) * v) if wide[1] > deep[1] else None
        for deep, wide in pairwise(squares)
    ]
    above, found = 0.0, list[float]()
    for total in reversed(shared):
        beyond = USUAL_CORRELATION if total is None else total - above
        found.append(min(max(beyond, CORRELATIONS[0]), CORRELATIONS[1]))
        above += found[-1]
    return Correlations(*found)


def _gathered(rows: pl.DataFrame, by: Sequence[str], correlation: float) -> pl.DataFrame:
    """Sums of what is told, each row worth no more than learners apart would tell."""
    worth = 1 / (1 + (pl.col("holders") - 1).clip(lower_bound=0) * correlation)
    effective = [(pl.col(name) * worth).alias(name) for name in ("holders", "completed")]
    sums = rows.with_columns(effective).group_by(by).agg(pl.col("holders", "completed").sum())
    return sums.sort(by)


def _shrunk(rows: pl.DataFrame, above: pl.Expr, correlation: float) -> pl.DataFrame:
    strength = 1 / correlation - 1
    told = pl.col("holders") + strength
    return rows.with_columns(rate=(pl.col("completed") + strength * above) / told, told=told)
