"""What a term writes into the event log."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool.sections import DAY_US, Sections
from data.simulate.terms.aftermath import HOUR_US, Enrolled, Outcome
from data.simulate.terms.exposure import OLD_PAGE, UNIFORM, Lists
from data.simulate.terms.log import COURSE_PAGE, HOME, NOWHERE, Log
from data.simulate.terms.seats import Admission, Applications, Seen

UNIFORM_LIST, OLD_PAGE_LIST, GIVEN_LIST = 1, 0, 2
PAGES: Final = (OLD_PAGE, UNIFORM)
"""Policies by their number in the log; a page that is driven by a model follows them."""


class Diary:
    """Logs one term."""

    def __init__(self, log: Log, sections: Sections, page: str) -> None:
        self._log = log
        self._sections = sections
        self._page = PAGES.index(page) if page in PAGES else GIVEN_LIST

    def visited(self, lists: Lists, seen: Seen, made: Applications) -> None:
        """Impressions, course pages opened, and applications."""
        columns: dict[str, NDArray[np.generic]] = {
            "listed": np.ones(len(lists.learner)),
            "position": lists.position,
            "propensity": np.where(lists.uniform, lists.length / lists.listed, np.nan),
            "uniform": np.where(lists.uniform, UNIFORM_LIST, self._page),
        }
        number = self._sections.first + lists.section
        self._log.add(
            "impression", HOME, learner=lists.learner, section=number, at=lists.seen_at, **columns
        )
        opened = np.flatnonzero(seen.viewed)
        self._log.add(
            "view",
            COURSE_PAGE,
            learner=lists.learner[opened],
            section=number[opened],
            at=seen.at[opened],
            **{name: values[opened] for name, values in columns.items()},
        )
        self._log.add(
            "apply",
            COURSE_PAGE,
            learner=made.learner,
            section=self._sections.first + made.section,
            at=made.at,
            listed=np.ones(len(made.learner)),
            position=made.position,
        )

    def decided(self, made: Applications, verdict: Admission) -> None:
        """Seats and waiting places, once they are known."""
        waiting = verdict.decided & ~verdict.admitted
        for kind, chosen in (("enrol", verdict.admitted), ("waitlist", waiting)):
            self._add(kind, made.learner[chosen], made.section[chosen], verdict.at[chosen])

    def promoted(
        self, learner: NDArray[np.int64], section: NDArray[np.int64], at: NDArray[np.int64]
    ) -> None:
        """Seats that the waiting list took over."""
        self._add("enrol", learner, section, at)

    def dropped(self, seats: Enrolled, left: NDArray[np.bool_], at: NDArray[np.int64]) -> None:
        """Seats given back."""
        self._add("drop", seats.learner[left], seats.section[left], at[left])

    def followed(self, seats: Enrolled, outcome: Outcome) -> None:
        """Attendance of everyone who stayed, completions and ratings."""
        end = end_us(self._sections, seats.section)
        stayed, done, told = ~outcome.dropped, outcome.completed, outcome.rating > 0
        self._add(
            "attend",
            seats.learner[stayed],
            seats.section[stayed],
            end[stayed],
            outcome.attended[stayed],
        )
        self._add("complete", seats.learner[done], seats.section[done], end[done] + 1)
        self._add(
            "rate",
            seats.learner[told],
            seats.section[told],
            end[told] + DAY_US,
            outcome.rating[told],
            COURSE_PAGE,
        )

    def _add(
        self,
        kind: str,
        learner: NDArray[np.int64],
        section: NDArray[np.int64],
        at: NDArray[np.int64],
        value: NDArray[np.generic] | None = None,
        surface: int = NOWHERE,
    ) -> None:
        """Events that no list led to."""
        told = {} if value is None else {"value": value}
        number = self._sections.first + section
        self._log.add(kind, surface, learner=learner, section=number, at=at, **told)


def end_us(sections: Sections, section: NDArray[np.int64]) -> NDArray[np.int64]:
    """Nine in the evening of the last day, city time."""
    return sections.ends[section] * DAY_US + 13 * HOUR_US
