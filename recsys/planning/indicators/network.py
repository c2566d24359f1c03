"""The four tiers' learning network: what is taught where."""

from typing import Final

import polars as pl

from recsys.planning.indicators.declaration import Measured, Missing, indicator
from recsys.planning.indicators.grounds import Grounds

NO_SECTIONS: Final = Missing(
    "近一年没有任何班次记录", "no sections are recorded in the year before"
)


@indicator(unit="%")
def network_coverage_city(known: Grounds) -> Measured | Missing:
    """Share of cities in which a city institution taught in a room in the year before.

    近一年内有市级办学单位线下开班的市占比。
    """
    return _share(known, "city", _of_tier(known, "city", pl.col("division_code").str.slice(0, 4)))


@indicator(unit="%")
def network_coverage_district(known: Grounds) -> Measured | Missing:
    """Share of districts whose own district institution taught in a room in the year before.

    近一年内有区级办学单位线下开班的区县占比。
    """
    own = _of_tier(known, "district", pl.col("school_district_code"))
    return _share(known, "district", own)


@indicator(unit="%")
def network_coverage_town(known: Grounds) -> Measured | Missing:
    """Share of towns and streets in which a section was taught in a room in the year before.

    近一年内有线下开班的街镇占比。
    """
    return _share(known, "town", known.in_rooms["town_code"])


@indicator(unit="%")
def network_coverage_village(known: Grounds) -> Measured | Missing:
    """Share of villages and communities with a section taught in a room in the year before.

    近一年内有线下开班的村社占比。

    A venue that tells no village belongs to the one whose point is nearest.
    """
    return _share(known, "village", known.in_rooms["village_code"])


@indicator(unit="villages")
def network_villages(known: Grounds) -> Measured | Missing:
    """Villages and communities with a section taught in a room in the year before.

    近一年内有线下开班的村社数量。
    """
    return _share(known, "village", known.in_rooms["village_code"])


@indicator(unit="venues")
def micro_spaces(known: Grounds) -> Measured | Missing:
    """Micro-spaces in which a section was taught in the year before.

    近一年内有开班的学习微空间数量。
    """
    if not known.tells_sections:
        return NO_SECTIONS
    spaces = known.in_rooms.filter(pl.col("scene").cast(pl.String) == "micro_space")
    return Measured(spaces["venue_id"].n_unique())


@indicator(unit="%")
def senior_schools_town(known: Grounds) -> Measured | Missing:
    """Share of towns and streets in which senior education was taught in the year before.

    近一年内有老年教育线下开班的街镇占比。
    """
    return _share(known, "town", _of_programme(known, "senior", "town_code"))


@indicator(unit="%")
def senior_classes_village(known: Grounds) -> Measured | Missing:
    """Share of villages and communities with a senior class taught in the year before.

    近一年内有老年教育线下开班的村社占比。
    """
    return _share(known, "village", _of_programme(known, "senior", "village_code"))


@indicator(unit="villages")
def senior_classes_villages(known: Grounds) -> Measured | Missing:
    """Villages and communities with a senior class taught in the year before.

    近一年内有老年教育线下开班的村社数量。
    """
    return _share(known, "village", _of_programme(known, "senior", "village_code"))


@indicator(unit="districts")
def family_education_districts(known: Grounds) -> Measured | Missing:
    """Districts in which family education was taught in a room in the year before.

    近一年内有家庭教育线下开班的区县数量。
    """
    return _share(known, "district", _of_programme(known, "family", "district_code"))


def _of_tier(known: Grounds, tier: str, code: pl.Expr) -> pl.Series:
    """Codes of the divisions in which an institution of a tier taught in a room."""
    rows = known.in_rooms.filter(pl.col("tier").cast(pl.String) == tier)
    return rows.select(code.str.pad_end(12, "0").alias("code"))["code"]


def _of_programme(known: Grounds, programme: str, column: str) -> pl.Series:
    """Codes of the divisions in which a programme was taught in a room."""
    return known.in_rooms.filter(pl.col("programme").cast(pl.String) == programme)[column]


def _share(known: Grounds, level: str, codes: pl.Series) -> Measured | Missing:
    """How many of a level's divisions are among the codes, out of all of them."""
    if not known.tells_sections:
        return NO_SECTIONS
    listed = known.divisions(level)
    if listed.is_empty():
        return Missing(
            f"区划表中没有 {level} 级区划", f"the divisions table lists none of level {level}"
        )
    return Measured(int(listed.is_in(codes.drop_nulls().unique().implode()).sum()), len(listed))
