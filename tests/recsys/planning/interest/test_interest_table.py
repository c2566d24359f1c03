"""Rows of the interest gap add up, count each wish once, and show who wants most first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data.city import City
from data.errors import ContractError
from data.tally import SCHEMA
from recsys.errors import QueryError
from recsys.planning.interest.asks import COUNTS
from recsys.planning.interest.table import OF_RESIDENTS, interest_gap
from recsys.planning.interest.wants import wants

CITY, DISTRICT = "330100000000", "330106000000"
TOWN, SMALL = "330106109000", "330106110000"
NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
ADDS_UP = OF_RESIDENTS

Ask = Callable[..., dict[str, Any]]
Place = Callable[..., City]


def row(table: pl.DataFrame, code: str | None = CITY, **cell: str) -> dict[str, Any]:
    told = [pl.col(name) == value for name, value in cell.items()]
    place = pl.col("division_code").eq_missing(pl.lit(code, pl.String))
    (found,) = table.filter(place, *told).to_dicts()
    return found


def counted(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """A ledger's rows from what a test states of them."""
    plain = {"day": date(2025, 3, 1), "asked": 0.0, "empty": 0.0, "sections": 0.0}
    none = {"callers": 0, "empty_callers": 0}
    return pl.DataFrame([plain | none | dict(each) for each in rows], schema=SCHEMA)


@pytest.fixture(scope="module")
def lottery(place: Place, ask: Ask) -> City:
    """Six of a town and two of the next ask for two seats; one of each town gets one."""
    homes = {f"t{n}": TOWN for n in range(6)} | {f"v{n}": SMALL for n in range(2)}
    events = [ask(name, "s") for name in homes] + [ask(name, "s", "enrol") for name in ("t0", "v0")]
    section = {"section_id": "s", "rule": "lottery", "capacity": 2, "enrolled": 2}
    return place([{**section, "slots": ["2E", "4E"]}], homes, events)


def test_a_lost_draw_is_counted_where_the_losers_live(lottery: City) -> None:
    table = interest_gap(lottery, NOW)
    figures = ("applicants", "admitted", "lottery_lost", "lost", "wanted", "persons")
    assert {code: tuple(row(table, code)[name] for name in figures) for code in (CITY, TOWN)} == {
        CITY: (8, 2.0, 6.0, 6.0, 6.0, 6),
        TOWN: (6, 1.0, 5.0, 5.0, 5.0, 5),
    }


def test_seats_are_counted_where_the_class_is(lottery: City) -> None:
    table = interest_gap(lottery, NOW)
    assert [row(table, TOWN)[name] for name in ("seats", "fill", "per_seat")] == [2.0, 1.0, 4.0]
    assert row(table, TOWN)["applicants_here"] == 8
    assert row(table, SMALL)["seats"] == 0.0
    assert row(table, SMALL)["per_seat"] is None


def test_a_class_on_two_evenings_counts_half_in_each(lottery: City) -> None:
    table = interest_gap(lottery, NOW, by=["weekday", "part"])
    assert row(table, CITY, weekday="2")["lost"] == 3.0
    assert row(table, CITY, weekday="4")["seats"] == 1.0
    assert row(table, CITY, weekday="4")["persons"] == 6


def test_a_seat_in_the_category_satisfies_the_wish(place: Place, ask: Ask) -> None:
    sections = [{"section_id": name, "course_id": f"c-{name}"} for name in ("s1", "s2", "s3")]
    events = [ask("lucky", "s1", "waitlist"), ask("lucky", "s2", "enrol")]
    events += [ask("sad", name, "waitlist") for name in ("s1", "s2", "s3")]
    events += [ask("x", name, "enrol") for name in ("s1", "s3")]
    found = row(interest_gap(place(sections, {}, events), NOW))
    assert (found["lost"], found["persons"]) == (4.0, 2)
    assert found["wanted"] == pytest.approx(1.0)  # one seat for sad, not three, and none for lucky


def test_a_class_called_off_leaves_its_applicants_wanting(place: Place, ask: Ask) -> None:
    events = [ask("a", "s", "enrol"), ask("a", "s", "drop")]
    city = place([{"section_id": "s", "state": "cancelled"}], {"a": TOWN}, events)
    found = row(interest_gap(city, NOW), TOWN)
    assert (found["cancelled"], found["wanted"], found["called_off"]) == (1.0, 1.0, 1.0)
    assert (found["sections"], found["seats"]) == (0.0, 0.0)


def test_a_recording_has_no_last_seat(place: Place, ask: Ask) -> None:
    section = {"section_id": "s", "mode": "online_recorded", "slots": [], "capacity": 10_000}
    city = place([section], {}, [ask("a", "s", "enrol")])
    assert row(interest_gap(city, NOW))["seats"] == 0.0


def test_a_pending_draw_is_not_yet_a_loss(place: Place, ask: Ask) -> None:
    open_now = {"state": "applying", "rule": "lottery", "term": "2025秋"}
    window = {
        "starts_on": date(2025, 9, 15),
        "ends_on": date(2025, 12, 15),
        "apply_opens_at": datetime(2025, 8, 25, tzinfo=UTC),
        "apply_closes_at": datetime(2025, 9, 10, tzinfo=UTC),
    }
    asked = datetime(2025, 8, 26, tzinfo=UTC)
    events = [ask("a", "s", occurred_at=asked), ask("b", "old", "enrol")]
    city = place([{"section_id": "s", **open_now, **window}, {"section_id": "old"}], {}, events)
    found = row(interest_gap(city, NOW, by=["term"]), term="2025秋")
    assert (found["pending"], found["lost"], found["wanted"]) == (1.0, 0.0, 0.0)
    assert wants(city, NOW).is_empty()


@pytest.mark.parametrize(
    "by", [[], ["category"], ["slot", "age_band"], ["programme", "term"], ["part", "category"]]
)
def test_children_add_up_to_their_parent(simulated: City, moment: datetime, by: list[str]) -> None:
    table = interest_gap(simulated, moment, by=by)
    sums = [*ADDS_UP, "wanted_mean"] + ([] if "age_band" in by else ["seats", "applications_here"])
    for child, parent in (("town", "district"), ("district", "city")):
        lower = table.filter(pl.col("level") == child)
        upper = table.filter(pl.col("level") == parent)
        whole = pl.lit(CITY) if child == "district" else pl.col("parent_code")
        added = (
            lower.with_columns(division_code=whole)
            .group_by(["division_code", *by])
            .agg(pl.col(sums).sum())
        )
        keys = ["division_code", *by]
        both = upper.select(*keys, *sums).sort(keys)
        assert_frame_equal(added.select(both.columns).sort(keys), both, abs_tol=1e-3)


def test_a_row_never_has_more_people_than_lost_applications_of_whole_sections(
    simulated: City, moment: datetime
) -> None:
    table = interest_gap(simulated, moment, by=["category", "term"])
    assert (table["persons"] <= table["lost"] + 1e-9).all()
    assert (table["wanted"] <= table["persons"] + 1e-9).all()
    lost = pl.sum_horizontal("waitlisted", "lottery_lost", "not_admitted", "cancelled")
    assert_frame_equal(table.select(lost=lost), table.select("lost"))


def test_the_table_is_the_same_whatever_order_the_tables_have(
    simulated: City, moment: datetime
) -> None:
    turned = City({name: rows.reverse() for name, rows in simulated.tables.items()})
    assert_frame_equal(interest_gap(simulated, moment), interest_gap(turned, moment))


def test_a_past_moment_gives_what_it_gave_then(simulated: City, moment: datetime) -> None:
    earlier = datetime(2025, 6, 30, 16, 0, tzinfo=UTC)
    events = simulated.scan("events").filter(pl.col("occurred_at") < earlier)
    then = simulated.with_tables(events=events)
    assert_frame_equal(interest_gap(simulated, earlier), interest_gap(then, earlier))


def test_small_towns_lean_on_their_district(place: Place, ask: Ask) -> None:
    homes = {f"t{n:03d}": TOWN for n in range(200)} | {f"v{n}": SMALL for n in range(4)}
    events = [ask(f"t{n:03d}", "s", "waitlist") for n in range(100)]
    events += [ask(f"v{n}", "s", "waitlist") for n in range(4)] + [ask("x", "s", "enrol")]
    table = interest_gap(place([{"section_id": "s"}], homes, events), NOW)
    small, large = row(table, SMALL), row(table, TOWN)
    expected = 104 * 4 / 204  # of the district's wants, by learners
    assert expected < small["wanted_mean"] < small["wanted"] == 4.0
    assert abs(large["wanted_mean"] - 100) / 100 < (4 - small["wanted_mean"]) / 4
    assert small["wanted_low"] < small["wanted_mean"] < small["wanted_high"]


def test_searches_without_a_ledger_are_unknown_and_not_none(lottery: City) -> None:
    table = interest_gap(lottery, NOW)
    assert all(table[name].is_null().all() for name in COUNTS)
    kept = interest_gap(lottery, NOW, counted())
    assert all((kept[name] == 0).all() for name in COUNTS)


def test_searches_stand_beside_applications(lottery: City) -> None:
    cell = {"division_code": "330106110000", "category": "health"}
    asks = counted(
        {**cell, "asked": 20.0, "empty": 12.0, "callers": 9, "empty_callers": 5},
        {**cell, "rule": "seats", "asked": 15.0, "sections": 40.0, "callers": 9},
        {**cell, "rule": "within_circle", "asked": 4.0, "sections": 7.0, "callers": 3},
        {**cell, "rule": "timetable_clash", "asked": 1.0, "sections": 1.0, "callers": 1},
        {"division_code": DISTRICT, "asked": 1.0, "callers": 1},
        {**cell, "day": date(2025, 9, 1), "asked": 99.0},  # the day isn't over
        {**cell, "day": date(2025, 1, 1), "asked": 99.0},  # before the terms looked at
    )
    table = interest_gap(lottery, NOW, asks)
    found = row(table, SMALL, category="health")
    names = ("asked", "empty", "callers", "dropped_seats", "dropped_within_circle", "lost")
    assert [found[name] for name in names] == [20.0, 12.0, 9, 40.0, 7.0, 1.0]
    whole = table.filter(pl.col("level") == "city")
    assert whole["asked"].sum() == 21.0


def test_callers_of_two_days_are_not_added(lottery: City) -> None:
    days = [date(2025, 3, day) for day in (1, 2, 3)]
    asks = counted(*[{"day": day, "asked": 9.0, "callers": 6 + day.day} for day in days])
    whole = interest_gap(lottery, NOW, asks, by=[])
    assert row(whole)["callers"] == 9


def test_what_is_searched_in_vain_is_wanted_where_nobody_could_apply(lottery: City) -> None:
    cell = {"division_code": SMALL, "category": "arts", "slot": "6M", "age_band": "70-79"}
    day = {"asked": 9.0, "empty": 8.0, "callers": 6, "empty_callers": 5}
    asks = counted({**cell, **day}, {**cell, **day, "day": date(2025, 3, 2), "empty_callers": 3})
    found = row(wants(lottery, NOW, asks), SMALL, category="arts")
    assert (found["wanted"], found["searched"], found["applied"]) == (5.0, 5.0, 0.0)


def test_wants_are_a_terms_and_add_up(simulated: City, moment: datetime) -> None:
    found = wants(simulated, moment)
    past = interest_gap(simulated, moment, by=["term"]).filter(
        pl.col("level") == "city", pl.col("term") != "2025秋"
    )
    assert found["applied"].sum() == pytest.approx(past["wanted"].sum() / 2)
    assert found.select("division_code", "category", "slot", "age_band").is_unique().all()


@pytest.mark.parametrize("by", [["colour"], ["category", "category"]])
def test_an_unknown_column_is_refused(lottery: City, by: Sequence[str]) -> None:
    with pytest.raises(QueryError, match="told apart by category, slot"):
        interest_gap(lottery, NOW, by=by)


def test_a_table_that_is_no_ledger_is_refused(lottery: City) -> None:
    with pytest.raises(ContractError, match=r"lacks the columns \['day'"):
        interest_gap(lottery, NOW, pl.DataFrame({"asked": [1.0]}))


def test_a_city_without_tables_has_a_table_without_rows(make_city: Callable[..., City]) -> None:
    assert interest_gap(make_city(), NOW).is_empty()
    assert wants(make_city(), NOW).is_empty()
