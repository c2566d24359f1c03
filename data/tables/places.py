"""Where learning happens: divisions, institutions, venues, teachers, travel times."""

import dataframely as dy
import polars as pl

from data.tables.contract import (
    Contract,
    division,
    identifier,
    in_order,
    slot_list,
    text_list,
    vocabulary,
)
from data.vocab import (
    CITY_BOX,
    COORDINATE_SYSTEMS,
    DIVISION_LEVELS,
    INSTITUTION_KINDS,
    SCENES,
    SHARING_SCOPES,
    TEACHER_ROLES,
    TRAVEL_MODES,
)

WEST, SOUTH, EAST, NORTH = CITY_BOX


class Divisions(Contract):
    """The four tiers: city, district, town, village."""

    division_code = division(primary_key=True)
    name = dy.String(nullable=False, min_length=1)
    level = vocabulary(DIVISION_LEVELS)
    parent_code = division(nullable=True)
    population = dy.Int64(nullable=True, min=0)
    population_60plus = dy.Int64(nullable=True, min=0)
    lon = dy.Float64(nullable=True, min=WEST, max=EAST)
    lat = dy.Float64(nullable=True, min=SOUTH, max=NORTH)
    urban = dy.Bool(nullable=True)
    valid_from = dy.Date(nullable=True)
    valid_to = dy.Date(nullable=True)

    @dy.rule()
    def elders_within_population(cls) -> pl.Expr:
        """population_60plus is at most population."""
        return in_order("population_60plus", "population")

    @dy.rule()
    def validity_in_order(cls) -> pl.Expr:
        """valid_from is not after valid_to."""
        return in_order("valid_from", "valid_to")


class Institutions(Contract):
    """Schools, halls, libraries and firms that run courses."""

    institution_id = identifier(primary_key=True)
    name = dy.String(nullable=False, min_length=1)
    kind = vocabulary(INSTITUTION_KINDS)
    tier = vocabulary(DIVISION_LEVELS)
    division_code = division()
    sharing = vocabulary(SHARING_SCOPES)


class Venues(Contract):
    """Teaching points with their rooms, seats and confirmed access features."""

    venue_id = identifier(primary_key=True)
    institution_id = identifier()
    name = dy.String(nullable=False, min_length=1)
    division_code = division()
    lon = dy.Float64(nullable=False, min=WEST, max=EAST)
    lat = dy.Float64(nullable=False, min=SOUTH, max=NORTH)
    crs = vocabulary(COORDINATE_SYSTEMS)
    scene = vocabulary(SCENES)
    rooms = dy.Int64(nullable=False, min=0)
    seats = dy.Int64(nullable=False, min=0)
    step_free = dy.Bool(nullable=True)
    accessible_toilet = dy.Bool(nullable=True)
    hearing_loop = dy.Bool(nullable=True)
    open_slots = slot_list()


class Teachers(Contract):
    """Who can teach what, where, and for how many hours a week."""

    teacher_id = identifier(primary_key=True)
    institution_id = identifier()
    skills = text_list()
    division_code = division()
    max_hours_week = dy.Float64(nullable=False, min=0, max=168)
    role = vocabulary(TEACHER_ROLES)


class TravelTimes(Contract):
    """Measured door-to-door minutes; they override the built-in travel model."""

    from_division_code = division(primary_key=True)
    venue_id = identifier(primary_key=True)
    mode = vocabulary(TRAVEL_MODES, primary_key=True)
    minutes = dy.Float64(nullable=False, min=0, max=1440)
