"""Learners and sections as arrays: what the tables tell of who asks and what is on offer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from data.city import City
from data.vocab import AGE_BANDS, CATEGORIES, ONLINE_MODES, PROGRAMMES, WORK_STATUSES
from features.course import course_features
from features.learner import learner_features
from features.section import section_features
from features.travel import great_circle_km

SLOTS: Final = tuple(f"{day}{part}" for day in range(1, 8) for part in "MAE")
"""Weekly slots; bit i of a slot mask is the i-th."""
DAYTIME: Final = sum(1 << bit for bit, slot in enumerate(SLOTS) if slot[0] < "6" and slot[1] != "E")
"""Mask of the mornings and afternoons of working days."""
GROUPS: Final = 6
"""Age groups: under 25, 25-34, 35-44, 45-59, 60-69, from 70."""
_GROUP: Final = np.array([0, 0, 0, 1, 2, 3, 4, 5, 5])
SIXTY: Final = 4
"""The first age group from 60."""

Index = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Facts:
    """Arrays over learners (n), sections of all terms (m), courses (c), by ascending id.

    Attributes:
        learners: learner_id and the learner's row.
        sections: section_id, course_id, term, apply_opens_at and the section's row.
        courses: course_id, skill_ids and the course's row.
        personalised: whether history and goals may be used, (n,).
        group: age group, (n,).
        work: work status, NaN unknown, (n,).
        free: mask of free slots, -1 unknown, (n,).
        home: district of the home, -1 unknown, (n,).
        km: from home to each place, NaN unknown or online, (n, places).
        wheelchair: needs step-free access, (n,).
        course: course of each section, (m,).
        place: column of ``km``, (m,).
        online: taught nowhere, (m,).
        slots: mask of weekly slots, (m,).
        yuan: net price, (m,).
        programme: (m,).
        category: (m,).
        district: of the place, (m,).
        ages: youngest and oldest age admitted, (m, 2).
        years: youngest and oldest age of the band, (n, 2).
        taught: skills taught, (c, skills), 0 or 1.
        goal: a goal skill of the learner is taught, (n, c).
    """

    learners: pl.DataFrame
    sections: pl.DataFrame
    courses: pl.DataFrame
    personalised: NDArray[np.bool_]
    group: Index
    work: Reals
    free: Index
    home: Index
    km: NDArray[np.float32]
    wheelchair: NDArray[np.bool_]
    course: Index
    place: Index
    online: NDArray[np.bool_]
    slots: Index
    yuan: Reals
    programme: Index
    category: Index
    district: Index
    ages: Index
    years: Index
    taught: Reals
    goal: NDArray[np.bool_]


def read_facts(city: City, as_of: datetime) -> Facts:
    """Learners, sections and courses as the tables tell them at the cut-off."""
    learners, sections = learner_features(city, as_of), section_features(city, as_of)
    courses = course_features(city, as_of)
    skills = _numbered(courses["skill_ids"].explode(empty_as_null=False).unique().sort())
    taught = _incidence(courses["skill_ids"], skills)
    wanted = pl.when("personalised").then("goal_skills").otherwise([])
    goals = _incidence(learners.select(wanted).to_series(), skills)
    online = sections["mode"].is_in(ONLINE_MODES).to_numpy()
    districts = _numbered(sections["district_code"].unique().sort())
    bands = _codes(learners["age_band"], AGE_BANDS)
    km, place = _kilometres(learners, sections)
    row = pl.int_range(pl.len()).alias("row")
    return Facts(
        learners=learners.select("learner_id", row),
        sections=sections.select("section_id", "course_id", "term", "apply_opens_at", row),
        courses=courses.select("course_id", "skill_ids", row),
        personalised=learners["personalised"].to_numpy(),
        group=_GROUP[bands],
        work=np.where((work := _codes(learners["work_status"], WORK_STATUSES)) < 0, np.nan, work),
        free=np.where(learners["free_slots"].is_null(), -1, _masks(learners["free_slots"])),
        home=_looked_up(learners["district_code"], districts),
        km=km,
        wheelchair=learners["needs"].list.contains("step_free").to_numpy(),
        course=_looked_up(sections["course_id"], _numbered(courses["course_id"])),
        place=place,
        online=online,
        slots=_masks(sections["slots"]),
        yuan=sections["price_net_fen"].to_numpy() / 100.0,
        programme=_codes(sections["programme"], PROGRAMMES),
        category=_codes(sections["category"], CATEGORIES),
        district=_looked_up(sections["district_code"], districts),
        ages=_two(sections["age_min"].fill_null(0), sections["age_max"].fill_null(200)),
        years=_two(learners["age_low"], learners["age_high"]),
        taught=taught.toarray().astype(np.float64),
        goal=(goals @ taught.T).toarray() > 0,
    )


def rows_of(ids: pl.Series, table: pl.DataFrame) -> Index:
    """The rows of some ids in one of the tables of ``Facts``."""
    return _looked_up(ids, dict(zip(table[table.columns[0]], table["row"], strict=True)))


def _numbered(values: pl.Series) -> dict[str, int]:
    return {value: place for place, value in enumerate(values.drop_nulls())}


def _looked_up(values: pl.Series, places: dict[str, int]) -> Index:
    """The place of each value, -1 where it has none."""
    return np.array([places.get(value, -1) for value in values], dtype=np.int64)


def _codes(values: pl.Series, names: tuple[str, ...]) -> Index:
    """Place in a closed vocabulary, -1 unknown."""
    return _looked_up(values.cast(pl.String), {name: code for code, name in enumerate(names)})


def _two(first: pl.Series, second: pl.Series) -> Index:
    return np.stack([first.to_numpy(), second.to_numpy()], axis=1).astype(np.int64)


def _masks(slots: pl.Series) -> Index:
    """Lists of weekly slots as bit masks; unknown is 0."""
    bits = {slot: 1 << place for place, slot in enumerate(SLOTS)}
    told = slots.to_list()
    return np.array([sum(bits[slot] for slot in names or ()) for names in told], dtype=np.int64)


def _incidence(lists: pl.Series, places: dict[str, int]) -> csr_array:
    """Which of the numbered values each list holds; shape (lists, values), 0 or 1."""
    told = lists.to_list()
    pairs = [(row, places[v]) for row, values in enumerate(told) for v in values if v in places]
    rows, columns = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_array((ones, (rows, columns)), shape=(len(lists), len(places)))


def _kilometres(
    learners: pl.DataFrame, sections: pl.DataFrame
) -> tuple[NDArray[np.float32], Index]:
    """Straight-line kilometres from every home to every place, and each section's place."""
    lon, lat = learners["home_lon"].to_numpy(), learners["home_lat"].to_numpy()
    nowhere = np.full(len(lon), np.nan)
    places = sections.select("lon", "lat").unique().sort("lon", "lat").rows()
    columns = [great_circle_km(at, lon, lat) if at[0] is not None else nowhere for at in places]
    numbers = {at: column for column, at in enumerate(places)}
    place = [numbers[at] for at in sections.select("lon", "lat").iter_rows()]
    return np.stack(columns, axis=1).astype(np.float32), np.array(place, dtype=np.int64)
