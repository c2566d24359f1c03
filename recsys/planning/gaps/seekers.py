"""Jobseekers with a skill, as far as counts of ten persons or more tell.

Counts come by skill, or by occupation where no skill rows are there; the two kinds count the same
people and are never added. What is used are the sums of pools (``pools``). A pool's persons are
shared among its cells in proportion to

    vacancies of the cell · ease        ease = (1 + h)^(-1 / eta)

where h says how much longer its vacancies stay open than others (``filling``); an ordinary cell
has h = 0. Source: the
matching function, in which the time to fill a vacancy grows with (vacancies / jobseekers)^eta
[petrongolo2001]; eta is its elasticity with respect to jobseekers, .5 to .7 in their survey.
No cell of a pool of hidden ones is given ten persons or more, as long as the pool's sum allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from features import asof
from features.demand.grid import after
from features.divisions import district_of
from features.vocabulary import vocabulary
from recsys.planning.gaps.pools import LEAST_PERSONS, NO_POOL, pools

Floats: TypeAlias = NDArray[np.float64]

MONTHS: Final = 6
"""Months a count is the mean of: a register turns over in about half a year."""

OLDEST: Final = 12
"""Months after which a register is too old to say anything."""

MATCHING: Final = 0.5
"""eta, the lower end of the survey's range."""

TIGHTNESS: Final = 0.5
"""Standard deviation of ln(vacancies / jobseekers) of marked cells around their pool's."""

ORDINARY: Final = 0.25
"""The same of ordinary cells. Both are assumed: the counts that could tell are hidden."""

LIKELY: Final = 0.5
"""Probability of being marked from which a cell is taken for one."""

MOST_EASED: Final = 0.9
"""Beyond this share of the usual time saved, nothing more is concluded."""

FEWEST: Final = 1e-3
"""Vacancies below which cells of a pool count alike."""

CELL: Final = ["division_code", "skill_id"]
"""What a row of the table is about."""


SHARED: Final = pl.Schema(
    {
        "division_code": pl.String(),
        "skill_id": pl.String(),
        "mean": pl.Float64(),
        "told": pl.Float64(),
        "ratio": pl.Float64(),
    }
)
"""What pools tell of their cells; an occupation's code stands for the skill's until later."""


@dataclass(frozen=True, slots=True)
class Register:
    """Counts of jobseekers known at a moment.

    Attributes:
        rows: month, division_code (district), code, seekers.
        kind: ``skill_id`` or ``occupation_code``: what ``code`` is; null where nothing is known.
    """

    rows: pl.DataFrame
    kind: str | None


def register(city: City, moment: datetime, month: date) -> Register:
    """The newest months of the jobseekers known, by district.

    Rows of whole cities are left out: they are sums of others.

    Args:
        city: the snapshot.
        moment: the cut-off, with an offset from UTC.
        month: first day of the month that gaps are told for.
    """
    rows = (
        asof.known(city, "jobseekers", moment)
        .filter(pl.col("month") <= month, pl.col("month") > after(month, -OLDEST))
        .with_columns(district_of("division_code").alias("division_code"))
        .filter(pl.col("division_code").is_not_null())
        .collect()
    )
    for kind in ("skill_id", "occupation_code"):
        told = rows.filter(pl.col(kind).is_not_null())
        if told.height:
            newest = told["month"].unique().sort().tail(MONTHS)
            return Register(
                told.filter(pl.col("month").is_in(newest.implode()))
                .group_by("month", "division_code", pl.col(kind).alias("code"))
                .agg(pl.col("seekers").sum())
                .sort("month", "division_code", "code"),
                kind,
            )
    schema = {"month": pl.Date(), "division_code": pl.String(), "code": pl.String()}
    return Register(pl.DataFrame(schema={**schema, "seekers": pl.Int64()}), None)


@dataclass(frozen=True, slots=True)
class Seekers:
    """What is believed of the jobseekers of cells, one entry each.

    Attributes:
        ordinary: persons, mean, if the cell is an ordinary one.
        ordinary_spread: standard deviation of their logarithm.
        marked: persons, mean, if its vacancies are harder or easier to fill than others.
        marked_spread: standard deviation of their logarithm.
        chance: probability of the latter.
        told: the count, where it is ten persons or more and hides no other; else NaN.
        ratio: vacancies / jobseekers of the cell's pool; NaN without one.
    """

    ordinary: Floats
    ordinary_spread: Floats
    marked: Floats
    marked_spread: Floats
    chance: Floats
    told: Floats
    ratio: Floats

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Cells that more than their pool's sum speaks for: a count, or their time to fill."""
        known: NDArray[np.bool_] = np.isfinite(self.told) | (self.chance >= LIKELY)
        return known

    def part(self, chosen: slice) -> "Seekers":
        """Some of the cells."""
        return Seekers(*(getattr(self, name)[chosen] for name in self.__slots__))


def seekers_of(cells: pl.DataFrame, known: Register, occupations: pl.DataFrame) -> Seekers:
    """Jobseekers of each cell.

    A cell that no pool speaks of has the mean ratio of those that pools speak of, and is less
    sure; without any pool, as many jobseekers as vacancies.

    Args:
        cells: division_code, skill_id, group, trade, usual (vacancies a month), and of
            ``filling.HARD`` hard, hard_sd and marked, none null.
        known: the register.
        occupations: occupation_code, skill_id, importance.

    Returns:
        In the order of ``cells``.
    """
    chance, longer = cells["marked"].to_numpy(), 1 + cells["hard"].clip(-MOST_EASED).to_numpy()
    ease = longer ** (-1 / MATCHING)
    mean_ease = chance * ease + 1 - chance
    frame = cells.select(*CELL, "group", "trade", "usual").with_columns(
        (pl.max_horizontal("usual", pl.lit(FEWEST)) * pl.Series(mean_ease)).alias("weight")
    )
    leaves = _leaves(frame, known, occupations)
    districts = leaves.partition_by("division_code", maintain_order=True)
    shared = pl.concat([SHARED.to_frame(), *(_shared(part) for part in districts)])
    by_skill = shared if known.kind != "occupation_code" else _by_skill(shared, occupations)
    found = frame.join(by_skill, on=CELL, how="left", maintain_order="left")
    mean, told, ratio = _filled_in(found)
    counted: NDArray[np.bool_] = np.isfinite(told)
    by_count = (np.where(counted, told, 0.0) * MONTHS + 0.5) ** -0.5
    unsure = np.where(np.isfinite(ratio), 0.0, TIGHTNESS)
    by_time = cells["hard_sd"].to_numpy() / longer / MATCHING
    return Seekers(
        ordinary=np.where(counted, mean, mean / mean_ease),
        ordinary_spread=np.where(counted, by_count, np.hypot(ORDINARY, unsure)),
        marked=mean * ease / mean_ease,
        marked_spread=np.hypot(by_time, unsure),
        chance=np.where(counted, 0.0, chance),
        told=told,
        ratio=ratio,
    )


def _leaves(frame: pl.DataFrame, counted: Register, occupations: pl.DataFrame) -> pl.DataFrame:
    """Cells of the register: division_code, code, path, weight, usual, counts (a list, by month).

    A cell that isn't listed while its code and its district are holds nobody.
    """
    months = counted.rows["month"].unique().sort()
    weights = _of_codes(frame, counted, occupations)
    held = counted.rows.select("division_code").unique()
    listed = counted.rows.select("code").unique()
    wide = (
        weights.join(held, on="division_code", how="semi")
        .join(listed, on="code", how="semi")
        .sort("division_code", "code")
    )
    dense = (
        wide.select("division_code", "code")
        .join(months.to_frame("month"), how="cross")
        .join(counted.rows, on=["division_code", "code", "month"], how="left")
        .sort("division_code", "code", "month")
        .group_by("division_code", "code", maintain_order=True)
        .agg(pl.col("seekers").fill_null(0).cast(pl.Int64).alias("counts"))
    )
    return wide.join(dense, on=["division_code", "code"], maintain_order="left")


def _of_codes(frame: pl.DataFrame, counted: Register, occupations: pl.DataFrame) -> pl.DataFrame:
    """Weight and path of each code of the register in each district."""
    if counted.kind != "occupation_code":
        return frame.select(
            "division_code",
            pl.col("skill_id").alias("code"),
            pl.concat_list("group", "trade").alias("path"),
            "weight",
            "usual",
        )
    digits = pl.col("code").str.split("-")
    paths = [digits.list.head(count).list.join("-") for count in (3, 2)]
    return (
        frame.join(occupations, on="skill_id")
        .group_by("division_code", pl.col("occupation_code").alias("code"))
        .agg((pl.col("weight", "usual") * pl.col("importance")).sum() / pl.col("importance").sum())
        .select("division_code", "code", pl.concat_list(paths).alias("path"), "weight", "usual")
    )


def _shared(leaves: pl.DataFrame) -> pl.DataFrame:
    """One district's pools shared among their cells: the frame with mean, told and ratio."""
    counts = np.array(leaves["counts"].to_list(), dtype=np.int64).T
    pool = pools(counts, leaves["path"].to_list())
    mean, told, ratio = (np.full(leaves.height, np.nan) for _ in range(3))
    weight, usual = leaves["weight"].to_numpy(), leaves["usual"].to_numpy()
    for number in range(int(pool.max(initial=NO_POOL)) + 1):
        inside = np.flatnonzero(pool == number)
        total = float(counts[:, inside].sum(axis=1).mean())
        ratio[inside] = usual[inside].sum() / total
        mean[inside] = total if len(inside) == 1 else filled(total, weight[inside])
        if len(inside) == 1:
            told[inside] = total
    return leaves.select("division_code", pl.col("code").alias("skill_id")).with_columns(
        pl.Series("mean", mean), pl.Series("told", told), pl.Series("ratio", ratio)
    )


def filled(total: float, weight: Floats) -> Floats:
    """Persons shared by weight, no cell above the most that a hidden one may hold.

    What a full cell doesn't take goes to the others; where all are full, by weight alone.

    >>> filled(12.0, np.array([9.0, 1.0, 2.0])).tolist()
    [9.0, 1.0, 2.0]
    >>> filled(15.0, np.array([9.0, 1.0, 2.0])).tolist()
    [9.0, 2.0, 4.0]
    """
    most = float(LEAST_PERSONS - 1)
    share: Floats = total * weight / weight.sum()
    if total >= most * len(weight):
        return share
    full = np.zeros(len(weight), dtype=np.bool_)
    while np.any(share[~full] > most):
        full |= share > most
        rest = total - most * full.sum()
        share = np.where(full, most, rest * weight / weight[~full].sum())
    return share


def _by_skill(shared: pl.DataFrame, occupations: pl.DataFrame) -> pl.DataFrame:
    """Jobseekers of occupations as jobseekers with their skills: as many as its importance says.

    No count of an occupation is one of a skill, so that none is told.
    """
    tied = shared.rename({"skill_id": "occupation_code"}).join(occupations, on="occupation_code")
    return (
        tied.filter(pl.col("mean").is_not_nan())
        .group_by(CELL)
        .agg((pl.col("mean") * pl.col("importance")).sum(), pl.col("ratio").mean())
        .with_columns(pl.lit(float("nan")).alias("told"))
        .sort(CELL)
    )


def _filled_in(found: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """mean, told and ratio; a mean that no pool tells comes from the mean ratio."""
    usual, weight, mean, told, ratio = (
        found[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for name in ("usual", "weight", "mean", "told", "ratio")
    )
    known = np.isfinite(mean)
    total = float(mean[known].sum())
    everywhere = float(usual[known].sum()) / total if total > 0 else 1.0
    return np.where(known, mean, weight / max(everywhere, FEWEST)), told, ratio


def ties(city: City, moment: datetime) -> pl.DataFrame:
    """occupation_code, skill_id, importance of the city's vocabulary."""
    rows = vocabulary(city, "occupation_skills", moment)
    return rows.select(
        "occupation_code", "skill_id", pl.col("importance").cast(pl.Float64)
    ).collect()


def families(skills: pl.DataFrame) -> Mapping[str, tuple[str, str]]:
    """Group and trade of each skill; a skill without parent is its own, as in the demand table."""
    parents: dict[str, str | None] = dict(skills.select("skill_id", "parent_id").iter_rows())
    found: dict[str, tuple[str, str]] = {}
    for skill in parents:
        group = parents.get(skill) or skill
        found[skill] = group, parents.get(group) or group
    return found
