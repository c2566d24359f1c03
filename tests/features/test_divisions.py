import polars as pl

from features.divisions import ancestors, district_of, located


def _districts(*codes: str | None) -> list[str | None]:
    return pl.DataFrame({"code": codes}).select(district_of("code")).to_series().to_list()


def test_a_village_lies_in_its_town_district_and_city() -> None:
    assert ancestors("330106109005") == (
        "330106109005",
        "330106109000",
        "330106000000",
        "330100000000",
    )


def test_a_district_has_only_its_city_above_it() -> None:
    assert ancestors("330106000000") == ("330106000000", "330100000000")


def test_the_district_of_any_division_inside_it_is_its_first_six_digits() -> None:
    assert _districts("330106109005", "330106000000") == ["330106000000", "330106000000"]


def test_a_whole_city_lies_in_no_district() -> None:
    assert _districts("330100000000", None) == [None, None]


def _points(*rows: tuple[str, float | None]) -> pl.LazyFrame:
    frame = pl.LazyFrame(rows, schema=["division_code", "lon"], orient="row")
    return frame.with_columns(pl.col("lon").cast(pl.Float64), lat=pl.col("lon") - 90)


def test_a_village_without_a_point_is_placed_in_the_deepest_division_that_has_one() -> None:
    points = _points(("330106000000", 120.0), ("330106109000", 120.5), ("330106109005", None))
    codes = pl.LazyFrame({"division_code": ["330106109005", "330106888000", "330105001000"]})
    placed = located(codes, points).sort("lon").collect()
    assert placed.rows() == [("330106888000", 120.0, 30.0), ("330106109005", 120.5, 30.5)]


def test_the_centre_of_the_city_is_nobodys_home() -> None:
    codes = pl.LazyFrame({"division_code": ["330106109005"]})
    assert located(codes, _points(("330100000000", 120.0))).collect().height == 0
