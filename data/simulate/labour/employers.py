"""Who advertises, and where they say the work is."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.labour.phrases import (
    AGENCY_KINDS,
    COMPANY_KINDS,
    ENGLISH_WORDS,
    OLD_NAMES,
    QUARTERS,
)
from data.simulate.place.names import COMPANY_WORDS, STEMS
from data.simulate.place.places import Map

Ints = NDArray[np.int64]

EMPLOYERS: Final = 1500
"""Employers of each district, at most."""

AGENCIES: Final = 60
"""Agencies of the whole city."""

AREA_SHARES: Final = (0.4, 0.12, 0.12, 0.06, 0.08, 0.06, 0.16)
"""Shares of the writings of ``_areas`` in their order, the last for all quarters; a guess."""

_QUARTERS: Final = 4
"""Quarters that advertisements name in each district."""

_FACTOR: Final = 7919
"""A prime that scatters employers' numbers over the words of their names."""


def employer_names(district: Ints, number: Ints) -> pl.Series:
    """The employer with this number in each district; low numbers hire the most.

    Args:
        district: indices of districts; each has employers of its own.
        number: below ``EMPLOYERS``.
    """
    mixed = (district * EMPLOYERS + number) * _FACTOR
    word = pl.Series([*COMPANY_WORDS, *ENGLISH_WORDS])
    kind = pl.Series(COMPANY_KINDS)
    parts = pl.DataFrame(
        {
            "stem": pl.Series(STEMS).gather(mixed % len(STEMS)),
            "word": word.gather(mixed // len(STEMS) % len(word)),
            "kind": kind.gather(mixed // len(STEMS) // len(word) % len(kind)),
        }
    )
    return parts.select(pl.concat_str(pl.lit("杭州"), "stem", "word", "kind")).to_series()


def draw_employers(n: int, rng: np.random.Generator) -> Ints:
    """Numbers of employers; a few hire much, most little."""
    return np.floor(EMPLOYERS * rng.random(n) ** 3).astype(np.int64)


def agency_names(number: Ints) -> pl.Series:
    """The agency with this number, below ``AGENCIES``."""
    names = [
        f"杭州{STEMS[(index * 7) % len(STEMS)]}{AGENCY_KINDS[index % len(AGENCY_KINDS)]}"
        for index in range(AGENCIES)
    ]
    return pl.Series(names).gather(number)


def area_texts(city: Map, district: Ints, rng: np.random.Generator) -> pl.Series:
    """Where the work is, as an advertisement writes it; null where it doesn't say."""
    writings = [text for row in city.districts for text in _areas(row.code, row.name)]
    form = rng.choice(len(AREA_SHARES), len(district), p=AREA_SHARES)
    quarter = rng.integers(0, _QUARTERS, len(district))
    index = np.where(form == len(AREA_SHARES) - 1, form + quarter, form)
    each = len(AREA_SHARES) - 1 + _QUARTERS
    return pl.Series(writings, dtype=pl.String).gather(district * each + index)


def area_codes(city: Map, district: Ints, missing: NDArray[np.bool_]) -> pl.Series:
    """The district's division code, null where missing."""
    codes = pl.Series([*(row.division_code for row in city.districts), None], dtype=pl.String)
    return codes.gather(np.where(missing, len(city.districts), district))


def _areas(code: str, name: str) -> tuple[str | None, ...]:
    """The district in full, in short, officially, by an old name; the city; nothing; quarters."""
    old = OLD_NAMES.get(code, name)
    quarters = (f"杭州-{quarter}" for quarter in QUARTERS[code])
    return (f"杭州-{name}", name[:-1], f"杭州市{name}", f"杭州-{old}", "杭州", None, *quarters)
