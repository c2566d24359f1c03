import itertools
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from data.simulate.build import Built, build
from data.simulate.calendar import cut_off, terms
from data.simulate.files.forms import conformed
from data.simulate.params import SimulationParams
from data.simulate.place.coordinates import distance_km, gcj02
from data.simulate.place.districts import DISTRICTS
from data.simulate.streams import PARTS, Streams
from data.tables import TABLES
from data.vocab import AGE_BANDS, PROGRAMMES
from features.coordinates import to_wgs84


def test_every_clean_table_holds_its_contract(built: Built) -> None:
    assert set(built.tables) == set(TABLES)
    for table, frame in built.tables.items():
        TABLES[table].validate(conformed(table, frame))


def test_the_thirteen_districts_add_up_to_the_census() -> None:
    assert len(DISTRICTS) == 13
    assert sum(row.population for row in DISTRICTS.values()) + 23_763 == 11_936_010
    assert sum(row.towns for row in DISTRICTS.values()) == 191


def test_divisions_form_a_tree_by_prefix(built: Built) -> None:
    divisions = built.tables["divisions"]
    below = divisions.join(
        divisions.select(
            pl.col("division_code").alias("parent_code"), pl.col("level").alias("above")
        ),
        on="parent_code",
    )
    assert below.height == divisions.height - 1
    kept = {"district": 4, "town": 6, "village": 9}
    for code, level, parent in below.select("division_code", "level", "parent_code").iter_rows():
        assert code[: kept[level]] == parent[: kept[level]]


def test_venues_lie_in_their_district_whatever_their_coordinate_system(built: Built) -> None:
    world = built.world
    home = DISTRICTS["330113"]
    km = distance_km(world.venues.lon, world.venues.lat, np.array(home.lon), np.array(home.lat))
    assert km.max() < 2 * home.radius_km
    venues = built.tables["venues"]
    for crs, rows in ((crs, venues["crs"] == crs) for crs in ("wgs84", "gcj02")):
        shown = venues.filter(rows)
        told = to_wgs84(shown["lon"].to_numpy(), shown["lat"].to_numpy(), crs)
        true = (world.venues.lon[rows.to_numpy()], world.venues.lat[rows.to_numpy()])
        assert distance_km(*told, *true).max() < 0.01
    assert {"wgs84", "gcj02"} == set(venues["crs"])


def test_the_gcj02_offset_is_some_hundred_metres() -> None:
    lon, lat = np.array([120.153]), np.array([30.287])
    assert 0.3 < distance_km(lon, lat, *gcj02(lon, lat))[0] < 0.8


def test_all_four_tiers_and_every_sharing_scope_exist(built: Built) -> None:
    institutions = built.tables["institutions"]
    assert set(institutions["tier"]) == {"city", "district", "town", "village"}
    assert set(institutions["sharing"]) == {"city", "district", "own"}


def test_access_features_are_known_true_known_false_and_unknown(built: Built) -> None:
    for feature in ("step_free", "accessible_toilet", "hearing_loop"):
        assert set(built.tables["venues"][feature]) == {True, False, None}


def test_an_exact_share_of_learners_is_off_personalisation(built: Built) -> None:
    off = ~built.tables["learners"]["consent_personalisation"]
    assert off.sum() == round(0.08 * 2000)


def test_two_or_three_learners_in_a_hundred_need_step_free_access(built: Built) -> None:
    learners = built.tables["learners"]
    share = learners["needs"].list.contains("step_free").mean()
    assert share == pytest.approx(0.025)
    young = learners.filter(pl.col("age_band").is_in(["18-24", "25-34", "35-44"]))
    old = learners.filter(pl.col("age_band").is_in(["60-69", "70-79", "80+"]))
    needing = [group["needs"].list.contains("step_free").mean() for group in (young, old)]
    assert needing[0] is not None
    assert needing[1] is not None
    assert float(str(needing[0])) < float(str(needing[1]))


def test_only_guardians_of_children_are_asked_for_consent(built: Built) -> None:
    learners = built.tables["learners"]
    adults = learners.filter(pl.col("age_band") != AGE_BANDS[0])
    assert adults["consent_guardian"].null_count() == adults.height


def test_a_quarter_of_each_term_is_new(built: Built) -> None:
    taught = [set(planned.course.tolist()) for planned in built.terms]
    for before, after in itertools.pairwise(taught):
        new = built.world.courses.first_term[sorted(after - before)]
        assert (new > 0).any()
    for number, planned in enumerate(built.terms[1:], start=1):
        assert (built.world.courses.first_term[planned.course] == number).mean() == pytest.approx(
            0.25
        )


def test_courses_of_a_programme_meet_when_their_learners_can(built: Built) -> None:
    frame = built.tables["sections"].join(built.tables["courses"], on="course_id")
    slots = frame.select("programme", "slots").explode("slots", empty_as_null=True).drop_nulls()
    night = slots.filter(pl.col("programme") == "night_school")["slots"]
    senior = slots.filter(pl.col("programme") == "senior")["slots"]
    assert night.str.ends_with("E").all()
    assert not senior.str.ends_with("E").any()


def test_titles_speak_the_vocabulary(built: Built) -> None:
    courses, skills = built.tables["courses"], built.tables["skills"]
    words = set(skills["name"]) | set(skills["aliases"].explode(empty_as_null=True).drop_nulls())
    stems = {word.removesuffix("入门").removesuffix("基础") for word in words}
    silent = [title for title in courses["title"] if not any(stem in title for stem in stems)]
    assert silent == []
    assert courses["title"].str.starts_with("《").any()


def test_nothing_happens_after_the_cut_off(built: Built) -> None:
    end = cut_off(built.world.params)
    for table, column in (
        ("events", "occurred_at"),
        ("applications", "submitted_at"),
        ("credits", "awarded_at"),
        ("learners", "registered_at"),
        ("postings", "posted_on"),
    ):
        latest = built.tables[table][column].cast(pl.Datetime("us", "UTC")).max()
        assert latest is not None
        assert latest <= end  # type: ignore[operator]  # a Datetime column's maximum is a datetime


def test_terms_follow_each_other_twice_a_year(built: Built) -> None:
    calendar = terms(built.world.params)
    assert [term.name for term in calendar] == ["2024春", "2024秋", "2025春", "2025秋"]
    for before, after in itertools.pairwise(calendar):
        assert before.starts_on + timedelta(weeks=before.weeks) < after.opens_at.date()


def test_each_part_has_a_stream_of_its_own() -> None:
    first, second = Streams(1), Streams(1)
    drawn = [(first.of(part).random(), second.of(part).random()) for part in PARTS]
    assert all(one == two for one, two in drawn)
    assert len({one for one, _ in drawn}) == len(drawn)


def test_streams_of_one_part_are_told_apart_by_their_numbers() -> None:
    streams = Streams(1)
    paths = [(), (0,), (1,), (0, 0), (0, 1), (1, 0)]
    assert len({streams.of("choice", *path).random() for path in paths}) == len(paths)


def test_every_programme_is_on_offer(built: Built) -> None:
    frame = built.tables["sections"].join(built.tables["courses"], on="course_id")
    offered = frame.filter(pl.col("state").is_in(["applying", "published"]))
    assert set(offered["programme"]) == set(PROGRAMMES)


def test_tables_end_at_the_cut_off_though_people_are_still_reading() -> None:
    """The first hour of enrolment is the fullest: a cut there falls into many visits."""
    rushed = build(
        SimulationParams(learners=600, judged_learners=50, as_of_hours=1.0), 3, lambda _: None
    )
    end = cut_off(rushed.world.params)
    for table, column in (("events", "occurred_at"), ("applications", "submitted_at")):
        times = rushed.tables[table][column].cast(pl.Datetime("us", "UTC"))
        assert times.max() < end  # type: ignore[operator]  # a Datetime column's maximum is a datetime
