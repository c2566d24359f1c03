"""What is taught: courses, the skills they teach, and their sections."""

import dataframely as dy
import polars as pl

from data.tables.contract import (
    Contract,
    identifier,
    in_order,
    instant,
    slot_list,
    text_list,
    vocabulary,
)
from data.vocab import (
    CATEGORIES,
    ENROLMENT_RULES,
    LAYERS,
    MODES,
    ONLINE_MODES,
    PROGRAMMES,
    PROVENANCES,
    SECTION_STATES,
)


class Courses(Contract):
    """What is taught, apart from any place and time."""

    course_id = identifier(primary_key=True)
    title = dy.String(nullable=False, min_length=1)
    description = dy.String(nullable=True)
    institution_id = identifier()
    programme = vocabulary(PROGRAMMES)
    category = vocabulary(CATEGORIES)
    layer = vocabulary(LAYERS, nullable=True)
    skill_level = dy.Int64(nullable=True, min=1, max=5)
    age_min = dy.Int64(nullable=True, min=0, max=120)
    age_max = dy.Int64(nullable=True, min=0, max=120)
    hours = dy.Float64(nullable=False, min=0, max=5000)
    credits = dy.Float64(nullable=True, min=0, max=1000)
    language = dy.String(nullable=False, min_length=2, max_length=16)
    prerequisites = text_list()
    certificate = dy.String(nullable=True)

    @dy.rule()
    def ages_in_order(cls) -> pl.Expr:
        """age_min is at most age_max."""
        return in_order("age_min", "age_max")

    @dy.rule()
    def not_its_own_prerequisite(cls) -> pl.Expr:
        """A course is not its own prerequisite."""
        return ~pl.col("prerequisites").list.contains(pl.col("course_id"))


class CourseSkills(Contract):
    """Which skills a course teaches, how much of it, and to which level."""

    course_id = identifier(primary_key=True)
    skill_id = identifier(primary_key=True)
    weight = dy.Float64(nullable=False, min=0, max=1)
    level_to = dy.Int64(nullable=True, min=1, max=5)
    provenance = vocabulary(PROVENANCES)


class Sections(Contract):
    """A course at a place and time, with seats and a window for applications."""

    section_id = identifier(primary_key=True)
    course_id = identifier()
    venue_id = identifier(nullable=True)
    term = dy.String(nullable=False, min_length=1)
    mode = vocabulary(MODES)
    slots = slot_list()
    starts_on = dy.Date(nullable=False)
    ends_on = dy.Date(nullable=False)
    capacity = dy.Int64(nullable=False, min=0)
    min_to_open = dy.Int64(nullable=True, min=0)
    apply_opens_at = instant()
    apply_closes_at = instant()
    rule = vocabulary(ENROLMENT_RULES)
    price_fen = dy.Int64(nullable=False, min=0)
    subsidy_fen = dy.Int64(nullable=True, min=0)
    teacher_id = identifier(nullable=True)
    state = vocabulary(SECTION_STATES)
    enrolled = dy.Int64(nullable=False, min=0)
    captions = dy.Bool(nullable=True)
    sign_language = dy.Bool(nullable=True)
    screen_reader = dy.Bool(nullable=True)

    @dy.rule()
    def venue_unless_online(cls) -> pl.Expr:
        """venue_id may be empty only for an online section."""
        return pl.col("venue_id").is_not_null() | pl.col("mode").cast(pl.String).is_in(ONLINE_MODES)

    @dy.rule()
    def term_dates_in_order(cls) -> pl.Expr:
        """starts_on is not after ends_on."""
        return in_order("starts_on", "ends_on")

    @dy.rule()
    def window_in_order(cls) -> pl.Expr:
        """apply_opens_at is before apply_closes_at."""
        return pl.col("apply_opens_at") < pl.col("apply_closes_at")

    @dy.rule()
    def window_before_end(cls) -> pl.Expr:
        """Applications open no later than the section's last day."""
        return pl.col("apply_opens_at").dt.convert_time_zone("Asia/Shanghai").dt.date() <= pl.col(
            "ends_on"
        )

    @dy.rule()
    def enrolled_within_capacity(cls) -> pl.Expr:
        """Enrolment is at most capacity, except while a lottery is taking applications."""
        drawing = (pl.col("rule") == "lottery") & (pl.col("state") == "applying")
        return (pl.col("enrolled") <= pl.col("capacity")) | drawing

    @dy.rule()
    def subsidy_within_price(cls) -> pl.Expr:
        """subsidy_fen is at most price_fen."""
        return in_order("subsidy_fen", "price_fen")

    @dy.rule()
    def minimum_within_capacity(cls) -> pl.Expr:
        """min_to_open is at most capacity."""
        return in_order("min_to_open", "capacity")
