"""The table contracts: one dataframely schema per table, units in the column names."""

from types import MappingProxyType
from typing import Final

from data.tables.contract import Contract
from data.tables.courses import Courses, CourseSkills, Sections
from data.tables.labour import (
    Jobseekers,
    Occupations,
    OccupationSkills,
    Postings,
    Skills,
    Targets,
    Vacancies,
)
from data.tables.learners import Applications, Credits, Events, Learners
from data.tables.places import Divisions, Institutions, Teachers, TravelTimes, Venues

TABLES: Final = MappingProxyType[str, type[Contract]](
    {
        "divisions": Divisions,
        "institutions": Institutions,
        "venues": Venues,
        "teachers": Teachers,
        "skills": Skills,
        "occupations": Occupations,
        "occupation_skills": OccupationSkills,
        "courses": Courses,
        "course_skills": CourseSkills,
        "sections": Sections,
        "learners": Learners,
        "events": Events,
        "applications": Applications,
        "credits": Credits,
        "postings": Postings,
        "jobseekers": Jobseekers,
        "vacancies": Vacancies,
        "travel_times": TravelTimes,
        "targets": Targets,
    }
)
"""Every table by name, in an order in which each comes after those it refers to."""

SCHEMA_VERSION: Final = "1"
"""Raised with a migration whenever a contract changes."""

__all__ = ["SCHEMA_VERSION", "TABLES", "Contract"]
