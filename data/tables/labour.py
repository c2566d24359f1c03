"""What is needed: skills, occupations, postings, jobseekers, vacancies, targets."""

import dataframely as dy
import polars as pl

from data.tables.contract import Contract, division, identifier, in_order, text_list, vocabulary
from data.vocab import EDUCATION_LEVELS, EXPERIENCE_LEVELS


class Skills(Contract):
    """The skill vocabulary, a forest by parent_id."""

    skill_id = identifier(primary_key=True)
    name = dy.String(nullable=False, min_length=1)
    name_en = dy.String(nullable=True)
    aliases = text_list()
    parent_id = identifier(nullable=True)
    kind = dy.String(nullable=True)


class Occupations(Contract):
    """Occupations under their code in the national classification (职业分类大典 2022)."""

    occupation_code = identifier(primary_key=True)
    name = dy.String(nullable=False, min_length=1)
    aliases = text_list()
    definition = dy.String(nullable=True)


class OccupationSkills(Contract):
    """The skills an occupation asks for."""

    occupation_code = identifier(primary_key=True)
    skill_id = identifier(primary_key=True)
    importance = dy.Float64(nullable=False, min=0, max=1)
    level = dy.Int64(nullable=True, min=1, max=5)


class Postings(Contract):
    """Job advertisements as published; headcount is persons sought, null unknown."""

    posting_id = identifier(primary_key=True)
    source = dy.String(nullable=False, min_length=1)
    title = dy.String(nullable=False, min_length=1)
    company = dy.String(nullable=True)
    division_code = division(nullable=True)
    area_text = dy.String(nullable=True)
    salary_raw = dy.String(nullable=True)
    headcount = dy.Int64(nullable=True, min=0)
    experience = vocabulary(EXPERIENCE_LEVELS, nullable=True)
    education = vocabulary(EDUCATION_LEVELS, nullable=True)
    description = dy.String(nullable=True)
    tags = text_list()
    posted_on = dy.Date(nullable=False)
    refreshed_on = dy.Date(nullable=True)
    closed_on = dy.Date(nullable=True)
    agency = dy.Bool(nullable=True)

    @dy.rule()
    def refreshed_after_posted(cls) -> pl.Expr:
        """refreshed_on is not before posted_on."""
        return in_order("posted_on", "refreshed_on")

    @dy.rule()
    def closed_after_posted(cls) -> pl.Expr:
        """closed_on is not before posted_on."""
        return in_order("posted_on", "closed_on")


class Jobseekers(Contract):
    """Registered jobseekers, by occupation or by skill; the two kinds are never added."""

    month = dy.Date(nullable=False)
    division_code = division()
    occupation_code = identifier(nullable=True)
    skill_id = identifier(nullable=True)
    seekers = dy.Int64(nullable=False, min=0)

    @dy.rule()
    def exactly_one_kind(cls) -> pl.Expr:
        """Exactly one of occupation_code and skill_id is given."""
        return pl.col("occupation_code").is_null() != pl.col("skill_id").is_null()

    @dy.rule()
    def month_is_a_first(cls) -> pl.Expr:
        """The month is given by its first day."""
        return pl.col("month").dt.day() == 1


class Vacancies(Contract):
    """Official vacancy counts at month's end, for re-weighting."""

    month = dy.Date(nullable=False)
    division_code = division(nullable=True)
    industry = dy.String(nullable=True)
    vacancies = dy.Int64(nullable=False, min=0)

    @dy.rule()
    def month_is_a_first(cls) -> pl.Expr:
        """The month is given by its first day."""
        return pl.col("month").dt.day() == 1


class Targets(Contract):
    """Dated targets of the city plan."""

    target_id = identifier(primary_key=True)
    indicator = dy.String(nullable=False, min_length=1)
    division_code = division(nullable=True)
    value = dy.Float64(nullable=False, allow_inf=False, allow_nan=False)
    unit = dy.String(nullable=False, min_length=1)
    due_on = dy.Date(nullable=False)
    clause = dy.String(nullable=False, min_length=1)
    definition_version = dy.String(nullable=False, min_length=1)
