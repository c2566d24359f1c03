"""Towns, districts and the city around a code, so that children add up to their parent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from features.divisions import CODE_DIGITS, district_of

PLACE: Final = ("level", "division_code", "parent_code")
"""Columns that say where a row is; a null code holds what nobody knows more closely."""

LEVELS: Final = ("city", "district", "town")

NO_DIGITS: Final = "000"


@dataclass(frozen=True, slots=True)
class Areas:
    """The divisions that rows are counted in.

    Attributes:
        city: the city's own code; None where nothing tells it.
        towns: codes of its towns; none where the snapshot lists none, then any code holds.
        districts: codes of its districts, likewise.
    """

    city: str | None
    towns: frozenset[str]
    districts: frozenset[str]

    @classmethod
    def of_city(cls, city: City, moment: datetime) -> "Areas":
        """The divisions in force at a moment."""
        rows = known(city, "divisions", moment).select("division_code", pl.col("level")).collect()
        codes = {
            level: frozenset(rows.filter(pl.col("level") == level)["division_code"])
            for level in ("city", "district", "town")
        }
        around = {code[:4].ljust(CODE_DIGITS, "0") for code in codes["district"]}
        own = min(codes["city"] or around, default=None)
        return cls(own, codes["town"], codes["district"])

    def placed(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """The rows with town_code and district_code of a division code; null where unknown."""
        code = pl.col(column)
        district = _among(district_of(column), self.districts)
        is_town = code.str.slice(6, 3) != NO_DIGITS
        town = _among(code.str.slice(0, 9).str.pad_end(CODE_DIGITS, "0"), self.towns)
        return rows.with_columns(district.alias("district_code")).with_columns(
            pl.when(is_town & pl.col("district_code").is_not_null()).then(town).alias("town_code")
        )

    def at(self, rows: pl.DataFrame, level: str) -> pl.DataFrame:
        """Placed rows with the columns of ``PLACE`` at a level: town, district or city."""
        town, district, city = pl.col("town_code"), pl.col("district_code"), pl.lit(self.city)
        around = pl.when(district.is_not_null()).then(city)
        code, parent = {
            "town": (town, district),
            "district": (district, around),
            "city": (city, pl.lit(None)),
        }[level]
        place = {"level": pl.lit(level), "division_code": code, "parent_code": parent}
        return rows.with_columns(**{name: each.cast(pl.String) for name, each in place.items()})


def _among(code: pl.Expr, codes: frozenset[str]) -> pl.Expr:
    """The code where the snapshot knows it, or knows none of its kind."""
    return pl.when(code.is_in(sorted(codes))).then(code) if codes else code
