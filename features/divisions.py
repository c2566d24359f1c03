"""Statistical division codes: 6 digits of district, 3 of town, 3 of village.

Source: GB/T 2260 (first six digits) and GB/T 10114 (the next three), as extended to twelve
digits by the National Bureau of Statistics' rules for statistical division codes.
"""

from typing import Final

import polars as pl

LEVEL_DIGITS: Final = (12, 9, 6, 4)
"""Significant digits of a village, town, district and city code, deepest first."""

CODE_DIGITS: Final = 12


def ancestors(code: str) -> tuple[str, ...]:
    """The division itself and those that contain it, deepest first.

    >>> ancestors("330106109000")
    ('330106109000', '330106000000', '330100000000')
    """
    chain = [code[:digits].ljust(CODE_DIGITS, "0") for digits in LEVEL_DIGITS]
    return tuple(dict.fromkeys(chain))


def town_of(code: str) -> str | None:
    """The town around a division; a district stays one; None for a whole city or province.

    >>> town_of("330106109001"), town_of("330106000000"), town_of("330100000000")
    ('330106109000', '330106000000', None)
    """
    return None if code[4:6] == "00" else code[:9].ljust(CODE_DIGITS, "0")


def district_of(column: str) -> pl.Expr:
    """The 12-digit code of the district around a division; null for a whole city or province."""
    district = pl.col(column).str.slice(0, 6)
    inside = district.str.slice(4, 2) != "00"
    return pl.when(inside).then(district.str.pad_end(CODE_DIGITS, "0"))


def located(codes: pl.LazyFrame, divisions: pl.LazyFrame) -> pl.LazyFrame:
    """Finds a point for each division: its own, else that of the deepest one around it.

    A whole city's centre says nothing about where in it somebody lives, so the search ends at
    the district.

    Args:
        codes: one text column ``division_code``.
        divisions: rows of the ``divisions`` contract.

    Returns:
        The codes with lon, lat (WGS84 degrees); codes without a point are absent.
    """
    points = divisions.select("division_code", "lon", "lat").drop_nulls()
    chains = [
        codes.unique().with_columns(
            around=pl.col("division_code").str.slice(0, digits).str.pad_end(CODE_DIGITS, "0"),
            digits=pl.lit(digits),
        )
        for digits in LEVEL_DIGITS
        if digits >= 6
    ]
    found = pl.concat(chains).join(points, left_on="around", right_on="division_code")
    deepest = [pl.col(axis).max_by(pl.col("digits")) for axis in ("lon", "lat")]
    return found.group_by("division_code").agg(deepest)
