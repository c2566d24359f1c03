"""Which column refers to which table."""

from typing import Final, NamedTuple

from data.quality.sentences import Sentence


class ForeignKey(NamedTuple):
    """A column whose values are keys of another table (or members of a list that are)."""

    table: str
    column: str
    parent: str


FOREIGN_KEYS: Final = (
    ForeignKey("divisions", "parent_code", "divisions"),
    ForeignKey("institutions", "division_code", "divisions"),
    ForeignKey("venues", "institution_id", "institutions"),
    ForeignKey("venues", "division_code", "divisions"),
    ForeignKey("teachers", "institution_id", "institutions"),
    ForeignKey("teachers", "division_code", "divisions"),
    ForeignKey("teachers", "skills", "skills"),
    ForeignKey("skills", "parent_id", "skills"),
    ForeignKey("occupation_skills", "occupation_code", "occupations"),
    ForeignKey("occupation_skills", "skill_id", "skills"),
    ForeignKey("courses", "institution_id", "institutions"),
    ForeignKey("courses", "prerequisites", "courses"),
    ForeignKey("course_skills", "course_id", "courses"),
    ForeignKey("course_skills", "skill_id", "skills"),
    ForeignKey("sections", "course_id", "courses"),
    ForeignKey("sections", "venue_id", "venues"),
    ForeignKey("sections", "teacher_id", "teachers"),
    ForeignKey("learners", "home_division_code", "divisions"),
    ForeignKey("learners", "occupation_code", "occupations"),
    ForeignKey("learners", "goal_occupation_code", "occupations"),
    ForeignKey("learners", "goal_skills", "skills"),
    ForeignKey("events", "learner_id", "learners"),
    ForeignKey("events", "course_id", "courses"),
    ForeignKey("events", "section_id", "sections"),
    ForeignKey("applications", "learner_id", "learners"),
    ForeignKey("applications", "section_id", "sections"),
    ForeignKey("credits", "learner_id", "learners"),
    ForeignKey("credits", "section_id", "sections"),
    ForeignKey("postings", "division_code", "divisions"),
    ForeignKey("jobseekers", "division_code", "divisions"),
    ForeignKey("jobseekers", "occupation_code", "occupations"),
    ForeignKey("jobseekers", "skill_id", "skills"),
    ForeignKey("vacancies", "division_code", "divisions"),
    ForeignKey("travel_times", "from_division_code", "divisions"),
    ForeignKey("travel_times", "venue_id", "venues"),
    ForeignKey("targets", "division_code", "divisions"),
)

UNKNOWN: Final[dict[str, tuple[str, Sentence]]] = {
    "divisions": (
        "unknown_division",
        Sentence("区划表中没有这个区划代码", "the divisions table has no such division"),
    ),
    "institutions": (
        "unknown_institution",
        Sentence("办学单位表中没有这个单位", "the institutions table has no such institution"),
    ),
    "venues": (
        "unknown_venue",
        Sentence("教学点表中没有这个教学点", "the venues table has no such venue"),
    ),
    "teachers": (
        "unknown_teacher",
        Sentence("教师表中没有这位教师", "the teachers table has no such teacher"),
    ),
    "skills": (
        "unknown_skill",
        Sentence("技能表中没有这个技能", "the skills table has no such skill"),
    ),
    "occupations": (
        "unknown_occupation",
        Sentence("职业表中没有这个职业", "the occupations table has no such occupation"),
    ),
    "courses": (
        "unknown_course",
        Sentence("课程表中没有这门课程", "the courses table has no such course"),
    ),
    "sections": (
        "unknown_section",
        Sentence("班次表中没有这个班次", "the sections table has no such section"),
    ),
    "learners": (
        "unknown_learner",
        Sentence("学习者表中没有这位学习者", "the learners table has no such learner"),
    ),
}
"""The rule that fails when a parent isn't there, and its sentence."""
