"""Teachers: hired as the sections need them, within the plan's cap."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from data.simulate.gather import ints, pick
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map
from data.simulate.place.venues import Venues
from data.simulate.pool.courses import Courses
from data.simulate.pool.sections import HOURS_A_MEETING, TEACHERS, Sections
from data.simulate.streams import Streams
from data.simulate.topics import skills, topics

ROLES: Final = ("full_time", "part_time", "volunteer", "elder_mentor")
ROLE_SHARES: Final = (0.4, 0.4, 0.15, 0.05)
ROLE_HOURS: Final = ((16, 20), (6, 10), (4, 6), (4, 6))
"""Hours a week that a teacher of each role gives at most, choices; guesses."""

MAX_TOPICS: Final = 5
"""Topics of one teacher, at most; a guess."""

SPARE_SKILLS: Final = 2
"""Further skills of the first topic that a teacher knows without teaching them, at most."""


@dataclass(slots=True)
class Teacher:
    """One teacher; ``busy`` and ``hours`` are those of the term being staffed.

    Attributes:
        teacher_id: id.
        institution: index of the institution.
        role: index into ``ROLES``.
        max_hours: hours a week, at most.
        topics: indices of the topics taught so far.
        skills: indices of the skills known.
        busy: mask of weekly slots.
        hours: hours a week.
    """

    teacher_id: str
    institution: int
    role: int
    max_hours: int
    topics: set[int] = field(default_factory=set[int])
    skills: set[int] = field(default_factory=set[int])
    busy: int = 0
    hours: int = 0

    def can_take(self, slots: int, topic: int) -> bool:
        """Whether slots, hours and topics leave room for a section."""
        if self.busy & slots or self.hours + weekly_hours(slots) > self.max_hours:
            return False
        return topic in self.topics or len(self.topics) < MAX_TOPICS

    def take(self, slots: int, topic: int, skill: int) -> None:
        """Teach a section with this main skill."""
        self.busy |= slots
        self.hours += weekly_hours(slots)
        self.topics.add(topic)
        self.skills.add(skill)


class Faculty:
    """The teachers of all institutions.

    Terms are staffed in their order; those of an earlier term never depend on later ones. A
    section is given to a teacher of its institution who has the slots and hours free, best one
    who knows the topic; else someone is hired, while the district is below its cap.

    Attributes:
        teachers: in the order they were hired.
    """

    def __init__(
        self, params: SimulationParams, courses: Courses, venues: Venues, city: Map
    ) -> None:
        """Nobody is hired yet.

        Args:
            params: the city's parameters.
            courses: the pool.
            venues: the institutions.
            city: the districts, whose residents set the cap.
        """
        self.teachers: list[Teacher] = []
        self._courses = courses
        self._venues = venues
        self._staff: dict[int, list[Teacher]] = defaultdict(list)
        self._vacant = [
            int(row.population * params.educators_per_10000 / 10_000) for row in city.districts
        ]

    def staff(self, sections: Sections, streams: Streams, number: int) -> list[str | None]:
        """The teacher of each section of the next term; None where nobody is to be had.

        Args:
            sections: the term's sections.
            streams: the city's random streams.
            number: of the term, which names its stream.
        """
        rng = streams.of("sections", number, TEACHERS)
        for teacher in self.teachers:
            teacher.busy = teacher.hours = 0
        courses = self._courses
        return [
            self._teach(institution, slots, topic, skill, rng)
            for institution, slots, topic, skill in zip(
                ints(courses.institution[sections.course]),
                ints(sections.slots),
                ints(courses.topic[sections.course]),
                ints(courses.skills[sections.course, 0]),
                strict=True,
            )
        ]

    def rows(self) -> pl.DataFrame:
        """The contract table ``teachers``: everyone hired so far."""
        names = [skill.skill_id for skill in skills()]
        codes = self._venues.institutions["division_code"]
        owners = [teacher.institution for teacher in self.teachers]
        return pl.DataFrame(
            {
                "teacher_id": [teacher.teacher_id for teacher in self.teachers],
                "institution_id": [f"inst-{owner:05d}" for owner in owners],
                "skills": pl.Series(
                    [sorted(names[index] for index in row.skills) for row in self.teachers],
                    dtype=pl.List(pl.String),
                ),
                "division_code": codes.gather(owners),
                "max_hours_week": [float(teacher.max_hours) for teacher in self.teachers],
                "role": [ROLES[teacher.role] for teacher in self.teachers],
            }
        )

    def _teach(
        self, institution: int, slots: int, topic: int, skill: int, rng: np.random.Generator
    ) -> str | None:
        able = [row for row in self._staff[institution] if row.can_take(slots, topic)]
        known = next((row for row in able if topic in row.topics), None)
        chosen = known or (able[0] if able else self._hire(institution, topic, rng))
        if chosen is None:
            return None
        chosen.take(slots, topic, skill)
        return chosen.teacher_id

    def _hire(self, institution: int, topic: int, rng: np.random.Generator) -> Teacher | None:
        """A new teacher, unless the district is at its cap."""
        district = int(self._venues.institution_district[institution])
        if self._vacant[district] == 0:
            return None
        self._vacant[district] -= 1
        role = int(np.searchsorted(np.cumsum(ROLE_SHARES), rng.random(), side="right"))
        members = topics()[topic].skills
        spare = set(pick(members, rng.integers(0, len(members), SPARE_SKILLS)))
        hired = Teacher(
            teacher_id=f"teacher-{len(self.teachers):06d}",
            institution=institution,
            role=role,
            max_hours=ROLE_HOURS[role][int(rng.integers(0, 2))],
            skills=spare,
        )
        self.teachers.append(hired)
        self._staff[institution].append(hired)
        return hired


def weekly_hours(slots: int) -> int:
    """Class hours a week of a section held in these slots."""
    return HOURS_A_MEETING * slots.bit_count()
