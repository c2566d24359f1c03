"""Why a skill is short: rules that a planner can read, the first that holds decides.

A cause is a guess from what the tables show; its sentence says what it rests on.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

SHORT: Final = 0.5
"""Probability of a shortage from which a cause is told."""

FEW_ADS: Final = 5
"""Advertisements of a year that are too few to rest a class on."""

MANY_COPIES: Final = 0.6
"""Share of copies that looks like a campaign: boards repost an advertisement once or twice."""

NOTHING: Final = 0.05
"""Completers a month that are as good as none: about one in two years."""

LITTLE: Final = 0.5
"""Share of the gap that seats in reach close at most, where place is the trouble."""

LOW_PAY: Final = 0.9
"""Pay against the trade's middle below which people may stay away."""

FALLING: Final = -0.03
"""A year's growth of pay below which it falls behind."""

ENOUGH_SEEKERS: Final = 1.5
"""Vacancies a jobseeker up to which people are there, and something else keeps them away."""

Rule = Callable[[], pl.Expr]


def extraction_doubt() -> pl.Expr:
    """Few advertisements, one board or employer, mostly copies, or a single month: look first."""
    thin = pl.col("evidence") < FEW_ADS
    return (
        thin
        | pl.col("one_source")
        | pl.col("one_employer")
        | (pl.col("repost_rate") > MANY_COPIES)
        | pl.col("spike")
    )


def place() -> pl.Expr:
    """The skill is taught in the city in sufficient numbers, but hardly within reach from here."""
    here = pl.col("own") + pl.col("reachable") + pl.col("online")
    return (here < LITTLE * pl.col("gap")) & (pl.col("taught_in_city") - here >= pl.col("gap"))


def pay() -> pl.Expr:
    """Jobseekers are there, but the pay is low for the trade or falls: they go elsewhere."""
    there = pl.col("vacancy_seeker_ratio") <= ENOUGH_SEEKERS
    poor = (pl.col("wage_level") < LOW_PAY) | (pl.col("wage_growth") < FALLING)
    return there & poor


def training() -> pl.Expr:
    """Nobody completes a class in this skill within reach: open one."""
    return (pl.col("own") + pl.col("reachable") + pl.col("online")) < NOTHING


CAUSES: Final[Mapping[str, Rule]] = {
    "extraction_doubt": extraction_doubt,
    "place": place,
    "pay": pay,
    "training": training,
}
"""In the order in which they are asked."""

UNCLEAR: Final = "unclear"
"""Classes within reach, and yet too few people: more seats, or something the tables don't show."""


def cause() -> pl.Expr:
    """The cause of each row that is more likely short than not; null elsewhere."""
    found = pl.lit(UNCLEAR)
    for name, rule in reversed(list(CAUSES.items())):
        found = pl.when(rule().fill_null(value=False)).then(pl.lit(name)).otherwise(found)
    return pl.when(pl.col("probability") >= SHORT).then(found).alias("cause")
