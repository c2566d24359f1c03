"""What adds up: districts to the city, villages to towns, bands and areas to all."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.places import residents
from recsys.planning.circles import VOCATIONAL, coverage, streets_without, worst
from recsys.planning.circles.people import with_whole
from tests.recsys.planning.circles.conftest import VILLAGE, Worlds

NOON = datetime(2025, 9, 1, 4, tzinfo=UTC)
SEGMENT = ["circle", "band", "need"]
COUNTS = ["persons", "covered", "uncovered"]
CODES = [
    f"3301{district}{town}00{n}"
    for district in ("06", "05")
    for town in ("001", "002")
    for n in (1, 2)
]

villages = st.fixed_dictionaries(
    {
        "km": st.floats(0, 30),
        "population": st.one_of(st.none(), st.integers(0, 3000)),
        "population_60plus": st.none(),
        "urban": st.sampled_from([True, False, None]),
    }
)
elders = st.floats(0, 1)


@settings(max_examples=20)
@given(
    facts=st.lists(villages, min_size=8, max_size=8),
    shares=st.lists(st.one_of(st.none(), elders), min_size=8, max_size=8),
    district=st.integers(0, 100_000),
)
def test_the_sums_of_children_equal_their_parent_exactly(
    world: Worlds, facts: list[dict[str, float]], shares: list[float | None], district: int
) -> None:
    for village, share in zip(facts, shares, strict=True):
        if village["population"] is not None and share is not None:
            village["population_60plus"] = int(village["population"] * share)
    learners = [
        {"learner_id": f"l{n}", "needs": ["step_free"] if n % 3 == 0 else []} for n in range(33)
    ]
    around = [
        {"division_code": f"3301{code}000000", "level": "district", "population": district,
         "lon": 120.12, "lat": 30.27}
        for code in ("06", "05")
    ]  # fmt: skip
    city = world(dict(zip(CODES, facts, strict=True)), learners=learners)
    places = pl.concat([city.read("divisions").filter(pl.col("level") == "village"),
                        world({}, divisions=around).read("divisions")])  # fmt: skip
    table = coverage(
        city.with_tables(divisions=places.lazy()),
        NOON,
        circles=[VOCATIONAL],
        needs=["all", "step_free"],
    )
    assert_sums(table)


def assert_sums(table: pl.DataFrame) -> None:
    """Every parent is the sum of its children, in whole persons, with nothing left over."""
    assert table.select(COUNTS).dtypes == [pl.Int64] * 3
    for level, below, digits in (
        ("city", "district", 4),
        ("district", "town", 6),
        ("town", "village", 9),
    ):
        children = table.filter(pl.col("level") == below, pl.col("area") == "all")
        sums = children.group_by(
            pl.col("division_code").str.slice(0, digits).str.pad_end(12, "0"), *SEGMENT
        ).agg(pl.col(COUNTS).sum())
        parents = table.filter(pl.col("level") == level, pl.col("area") == "all")
        both = parents.join(sums, on=["division_code", *SEGMENT], suffix="_sum")
        assert both.height == sums.height
        for name in COUNTS:
            assert both[name].fill_null(0).to_list() == both[f"{name}_sum"].to_list()
    upper = table.filter(pl.col("level") != "village")
    parts_of_all(upper, "area")
    parts_of_all(table, "band")


def parts_of_all(table: pl.DataFrame, column: str) -> None:
    """The parts of a column add up to its row of all."""
    key = [name for name in ("level", "division_code", "area", *SEGMENT) if name != column]
    whole = table.filter(pl.col(column) == "all")
    parts = table.filter(pl.col(column) != "all").group_by(key).agg(pl.col(COUNTS).sum())
    both = whole.join(parts, on=key, suffix="_sum")
    assert both.height == whole.height
    for name in COUNTS:
        assert both[name].fill_null(0).to_list() == both[f"{name}_sum"].to_list()


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=50))
def test_whole_persons_keep_the_sum_and_move_by_less_than_one(parts: list[float]) -> None:
    frame = pl.DataFrame({"district_code": ["a"] * len(parts), "persons": parts})
    whole = with_whole(frame, "persons")["persons"]
    assert whole.sum() == round(sum(parts)) or abs(whole.sum() - sum(parts)) <= 0.5 + 1e-6
    assert (whole - frame["persons"]).abs().max() <= 1


def test_a_district_shared_out_among_its_villages_keeps_its_number(world: Worlds) -> None:
    city = world({code: {"population": None, "population_60plus": None} for code in CODES[:3]})
    rows = city.read("divisions").with_columns(
        pl.when(pl.col("level") == "district").then(1000).alias("population"),
        pl.when(pl.col("level") == "district").then(100).alias("population_60plus"),
    )
    shared = city.with_tables(divisions=rows.with_columns(lon=120.1, lat=30.2).lazy())
    assert residents(shared, NOON)["population"].to_list() == pytest.approx([1000 / 3] * 3)
    table = coverage(shared, NOON, needs=["all"])
    of_district = table.filter(pl.col("level") == "district", pl.col("area") == "all")
    assert set(of_district.filter(pl.col("band") == "all")["persons"]) == {1000}
    assert set(of_district.filter(pl.col("band") == "60plus")["persons"]) == {100}
    assert table["estimated"].all()


def test_the_worst_cells_come_by_residents_outside(world: Worlds) -> None:
    city = world(
        {
            VILLAGE: {"km": 0.3, "population": 9000},
            "330106109002": {"km": 3.0, "population": 2000},
            "330106109003": {"km": 9.0, "population": 4000},
        }
    )
    found = worst(coverage(city, NOON), 5, circle="citizen")
    assert found["division_code"].to_list() == ["330106109003", "330106109002"]
    assert worst(coverage(city, NOON), 1, circle="citizen", level="district").height == 1
    assert worst(coverage(city, NOON), 1, circle="citizen").height == 1


def test_a_street_is_out_of_reach_from_its_centre_though_one_village_is_not(world: Worlds) -> None:
    town = {"division_code": "330106109000", "level": "town", "lon": 120.12, "lat": 30.4}
    city = world({VILLAGE: {"km": 9.0}, "330106109002": {"km": 1.0}})
    rows = world({}, divisions=[town]).read("divisions")
    with_town = city.with_tables(divisions=pl.concat([city.read("divisions"), rows]).lazy())
    (street,) = streets_without(with_town, NOON).to_dicts()
    assert (street["division_code"], street["persons"], street["covered"]) == (
        "330106109000",
        2000,
        1000,
    )
    assert street["nearest_venue"] == "venue-1"


def test_a_street_where_only_elders_find_a_class_is_not_out_of_reach(world: Worlds) -> None:
    town = {"division_code": "330106109000", "level": "town", "lon": 120.12, "lat": 30.275}
    rows = world({}, divisions=[town]).read("divisions")
    for limits, count in (({"age_min": 60}, 0), ({"programme": "vocational"}, 0)):
        city = world({VILLAGE: {"km": 0.5}}, courses=[{"course_id": "course-1", **limits}])
        divisions = pl.concat([city.read("divisions"), rows])
        assert streets_without(city.with_tables(divisions=divisions.lazy()), NOON).height == count


def test_the_table_is_the_same_whatever_the_order_of_the_rows(world: Worlds) -> None:
    city = world({VILLAGE: {"km": 0.3}, "330106109002": {"km": 3.0}, "330105001001": {"km": 1.0}})
    turned = city.with_tables(
        **{name: city.read(name).reverse().lazy() for name in ("divisions", "sections", "venues")}
    )
    assert coverage(turned, NOON).equals(coverage(city, NOON))
