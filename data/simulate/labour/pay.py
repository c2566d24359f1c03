"""Monthly pay in the forms that boards write it in."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FORM_SHARES: Final = (0.34, 0.12, 0.12, 0.06, 0.06, 0.05, 0.03, 0.08, 0.03, 0.02, 0.04, 0.02, 0.03)
"""Shares of the forms of ``_forms`` in their order, the last one nothing at all; a guess."""

WORKING_DAYS: Final = 22
"""Days of a month that a daily wage is reckoned from."""

VISITS: Final = 80
"""Visits of a month that pay by the visit is reckoned from; a guess."""


def salary_texts(
    low: NDArray[np.int64], high: NDArray[np.int64], rng: np.random.Generator
) -> pl.Series:
    """One text for each pay, null where it is unsaid.

    Args:
        low: thousand yuan a month, at least 1.
        high: thousand yuan a month, more than ``low``.
        rng: draws the forms.
    """
    form = rng.choice(len(FORM_SHARES), len(low), p=FORM_SHARES)
    frame = pl.DataFrame({"low": low, "high": high, "form": form})
    chosen = pl.lit(None, dtype=pl.String)
    for number, text in enumerate(_forms()):
        chosen = pl.when(pl.col("form") == number).then(text).otherwise(chosen)
    return frame.select(chosen.alias("salary_raw")).to_series()


def _forms() -> tuple[pl.Expr, ...]:
    """The forms, from the commonest to the odd ones."""
    low, high = pl.col("low"), pl.col("high")
    return (
        pl.format("{}-{}K", low, high),
        pl.format("{}-{}K·13薪", low, high),
        pl.format("{}-{}元/月", low * 1000, high * 1000),
        pl.format("{}-{}万/月", _ten_thousands(low), _ten_thousands(high)),
        pl.format("{}千-{}万", low, _ten_thousands(pl.max_horizontal(high, pl.lit(10)))),
        pl.format("{}-{}元/天", _per_part(low, WORKING_DAYS), _per_part(high, WORKING_DAYS)),
        pl.format("{}-{}元/次", _per_part(low, VISITS), _per_part(high, VISITS)),
        pl.lit("面议"),
        pl.format("{}-{}K", high, low),
        pl.format("{}K/年", low * 12),
        pl.format("{}元/月", low * 1000),
        pl.format("{}-{}万/年", low * 12 // 10, high * 12 // 10 + 1),
    )


def _ten_thousands(thousands: pl.Expr) -> pl.Expr:
    """With one decimal; whole numbers keep the text exact."""
    return pl.format("{}.{}", thousands // 10, thousands % 10)


def _per_part(thousands: pl.Expr, parts: int) -> pl.Expr:
    """Yuan of one day or visit, rounded to tens."""
    return thousands * 100 // parts * 10
