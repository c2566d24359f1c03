"""Who learns and what they did: learners, events, applications, credits."""

import dataframely as dy
import polars as pl

from data.tables.contract import (
    Contract,
    division,
    identifier,
    instant,
    slot_list,
    text_list,
    vocabulary,
    vocabulary_list,
)
from data.vocab import (
    ACCESS_NEEDS,
    AGE_BANDS,
    CITY_BOX,
    EDUCATION_LEVELS,
    EVENT_TYPES,
    GENDERS,
    SURFACES,
    TRAVEL_MODES,
    WORK_STATUSES,
)

WEST, SOUTH, EAST, NORTH = CITY_BOX


class Learners(Contract):
    """A pseudonym with what its owner chose to tell; coordinates are cells of 500 m or more."""

    learner_id = identifier(primary_key=True)
    age_band = vocabulary(AGE_BANDS)
    gender = vocabulary(GENDERS, nullable=True)
    education = vocabulary(EDUCATION_LEVELS, nullable=True)
    work_status = vocabulary(WORK_STATUSES, nullable=True)
    occupation_code = identifier(nullable=True)
    home_division_code = division(nullable=True)
    home_lon = dy.Float64(nullable=True, min=WEST, max=EAST)
    home_lat = dy.Float64(nullable=True, min=SOUTH, max=NORTH)
    work_lon = dy.Float64(nullable=True, min=WEST, max=EAST)
    work_lat = dy.Float64(nullable=True, min=SOUTH, max=NORTH)
    free_slots = slot_list(nullable=True)
    travel_mode = vocabulary(TRAVEL_MODES, nullable=True)
    max_travel_min = dy.Float64(nullable=True, min=0, max=1440)
    needs = vocabulary_list(ACCESS_NEEDS)
    digital_level = dy.Int64(nullable=True, min=0, max=3)
    goal_skills = text_list()
    goal_occupation_code = identifier(nullable=True)
    consent_personalisation = dy.Bool(nullable=False)
    consent_labour_profile = dy.Bool(nullable=False)
    consent_guardian = dy.Bool(nullable=True)
    registered_at = instant()

    @dy.rule()
    def home_is_a_point(cls) -> pl.Expr:
        """home_lon and home_lat are both given or both empty."""
        return pl.col("home_lon").is_null() == pl.col("home_lat").is_null()

    @dy.rule()
    def work_is_a_point(cls) -> pl.Expr:
        """work_lon and work_lat are both given or both empty."""
        return pl.col("work_lon").is_null() == pl.col("work_lat").is_null()


class Events(Contract):
    """What was shown and what was done; idempotent by event_id."""

    event_id = identifier(primary_key=True)
    learner_id = identifier()
    course_id = identifier()
    section_id = identifier(nullable=True)
    type = vocabulary(EVENT_TYPES)
    occurred_at = instant()
    value = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    surface = vocabulary(SURFACES, nullable=True)
    list_id = identifier(nullable=True)
    position = dy.Int64(nullable=True, min=1)
    propensity = dy.Float64(nullable=True, min_exclusive=0, max=1)
    policy = dy.String(nullable=True)

    @dy.rule()
    def value_suits_type(cls) -> pl.Expr:
        """rate.value is 1 to 5, attend.value is a share from 0 to 1."""
        rating = (pl.col("type") != "rate") | pl.col("value").is_between(1, 5)
        share = (pl.col("type") != "attend") | pl.col("value").is_between(0, 1)
        return (rating & share).fill_null(value=False)


class Applications(Contract):
    """The ranked choices of an enrolment round."""

    learner_id = identifier(primary_key=True)
    section_id = identifier(primary_key=True)
    choice_rank = dy.Int64(nullable=False, min=1)
    priority_class = dy.String(nullable=True)
    group_id = identifier(nullable=True)
    submitted_at = instant()


class Credits(Contract):
    """What the credit bank recorded."""

    learner_id = identifier(primary_key=True)
    section_id = identifier(primary_key=True)
    hours = dy.Float64(nullable=False, min=0)
    credits = dy.Float64(nullable=False, min=0)
    awarded_at = instant()
    rule_version = dy.String(nullable=False, min_length=1)
