"""A path as an integer program: what is chosen, what it gains, and what forbids what.

    x[o]     option o is taken                                       0 or 1
    g[o,k]   option o lifts skill k, its level of entry being met    0 to 1
    z[k,l]   level l of skill k is reached                           0 to 1
    u[t]     something is taken in term t                            0 or 1

    x[o] in one course        sum <= 1
    x[o] in one slot and day  sum <= 1         (each begin of a section with that slot)
    x[o] <= sum x[p]          p an option of a prerequisite that is over before o begins
    g[o,k] <= x[o], and <= sum g[p,k]          p over before o, lifting k to o's level of entry
    z[k,l] <= sum g[o,k]      o lifting k to l or higher
    x[o] <= u[t];  sum hours, sum fees, sum u  within the budget

Once x is whole, the largest g and z are whole too, so only x and u are declared so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recsys.paths.levels import LOWEST, Wanted
from recsys.paths.options import Budget, Option, before

Reals = NDArray[np.float64]

IMPORTANCE_STEPS: Final = 1000
"""Importances are told apart to a thousandth: whole gains can be compared exactly."""
LEVEL_STEPS: Final = 60
"""The least number that every level from 1 to 5 divides."""
HOUR_STEPS: Final = 100
"""Hours are told apart to a hundredth."""

Row = tuple[Mapping[int, float], float]
"""A sum of variables by number, and the most it may be."""


@dataclass(frozen=True, slots=True)
class Program:
    """The integer program of a path.

    Attributes:
        options: what may be taken; the first variables, in this order.
        gain: of each variable, in whole units: ``IMPORTANCE_STEPS * LEVEL_STEPS`` of them are
            one unit of importance closed from level 0.
        whole: 1 for variables that are 0 or 1, shape (variables,).
        matrix: shape (rows, variables).
        most: the most that each row may be.
    """

    options: tuple[Option, ...]
    gain: Reals
    whole: NDArray[np.int64]
    matrix: csr_array
    most: Reals

    def per_option(self, values: Sequence[float]) -> Reals:
        """One value per option as one per variable, 0 for all others."""
        found = np.zeros(len(self.gain))
        found[: len(self.options)] = values
        return found


def unit_gain(wanted: Wanted) -> int:
    """What one level of a skill is worth, in whole units."""
    return round(wanted.importance * IMPORTANCE_STEPS) * LEVEL_STEPS // wanted.level


def gained(levels: Mapping[str, int], held: Mapping[str, int], wanted: Sequence[Wanted]) -> int:
    """What levels are worth beyond those held, in whole units."""
    return sum(
        unit_gain(it) * max(0, min(levels.get(it.skill_id, 0), it.level) - held.get(it.skill_id, 0))
        for it in wanted
    )


def program(
    options: Sequence[Option],
    held: Mapping[str, int],
    wanted: Sequence[Wanted],
    budget: Budget,
) -> Program:
    """The program of the paths that options allow.

    Args:
        options: in the order of their ids.
        held: levels at the outset.
        wanted: what is asked for.
        budget: what a path may take.
    """
    build = _Builder(options, held)
    build.at_most_once()
    build.one_at_a_time()
    build.prerequisites()
    gains = build.climbs(wanted)
    terms = build.terms(budget)
    build.limits(budget)
    size = build.size
    gain, whole = np.zeros(size), np.zeros(size, dtype=np.int64)
    for variable, worth in gains.items():
        gain[variable] = worth
    whole[: len(options)] = 1
    whole[terms] = 1
    return Program(tuple(options), gain, whole, _matrix(build.rows, size), _most(build.rows))


class _Builder:
    """Collects the variables and rows of a program."""

    def __init__(self, options: Sequence[Option], held: Mapping[str, int]) -> None:
        self.options, self.held = options, held
        self.size = len(options)
        self.rows: list[Row] = []
        self._of_course: dict[str, list[int]] = defaultdict(list)
        for number, option in enumerate(options):
            self._of_course[option.step.course_id].append(number)

    def at_most_once(self) -> None:
        """No course twice."""
        self._sums_to_one(self._of_course.values())

    def one_at_a_time(self) -> None:
        """No two sections in one slot of the same days.

        Periods that have a day in common pairwise have one in common all together, and the
        latest of their first days is such a day: a row for each begin says it all.
        """
        in_slot: dict[int, list[int]] = defaultdict(list)
        for number, option in enumerate(self.options):
            for bit in range(option.slots.bit_length()):
                if option.slots >> bit & 1:
                    in_slot[bit].append(number)
        self._sums_to_one(
            {
                tuple(self._on(day, taken))
                for taken in in_slot.values()
                for day in self._begins(taken)
            }
        )

    def prerequisites(self) -> None:
        """Every listed course is over before."""
        for number, option in enumerate(self.options):
            for course in sorted(option.step.prerequisites):
                over = self._over(number, self._of_course.get(course, ()))
                self.rows.append(({number: 1.0} | dict.fromkeys(over, -1.0), 0.0))

    def climbs(self, wanted: Sequence[Wanted]) -> Mapping[int, float]:
        """What is lifted from where; returns the worth of each level of each skill."""
        worth: dict[int, float] = {}
        for each in wanted:
            start = self.held.get(each.skill_id, 0)
            lifting = self._lifting(each.skill_id, start)
            for level in range(start + LOWEST, each.level + 1):
                reaching = [g for g, _, _, to in lifting if to >= level]
                if reaching:
                    worth[self.size] = unit_gain(each)
                    self.rows.append(({self.size: 1.0} | dict.fromkeys(reaching, -1.0), 0.0))
                    self.rows.append(({self.size: 1.0}, 1.0))
                    self.size += 1
        return worth

    def _lifting(self, skill: str, start: int) -> list[tuple[int, int, int, int]]:
        """Variables of what lifts a skill: their number, option, level from and level to."""
        found: list[tuple[int, int, int, int]] = []
        for number, option in enumerate(self.options):
            for lift in option.step.lifts:
                if lift.skill_id == skill and lift.level_to > start:
                    found.append((self.size, number, lift.level_from, lift.level_to))
                    self.rows.append(({self.size: 1.0, number: -1.0}, 0.0))
                    self.size += 1
        for variable, number, entry, _ in found:
            if entry > start:
                over = [
                    g
                    for g, other, _, to in found
                    if to >= entry and before(self.options[other], self.options[number])
                ]
                self.rows.append(({variable: 1.0} | dict.fromkeys(over, -1.0), 0.0))
        return found

    def terms(self, budget: Budget) -> list[int]:
        """No more terms than allowed; returns the variables of the terms."""
        if budget.max_terms is None:
            return []
        names = sorted({option.term for option in self.options})
        variables = {name: self.size + place for place, name in enumerate(names)}
        self.size += len(names)
        for number, option in enumerate(self.options):
            self.rows.append(({number: 1.0, variables[option.term]: -1.0}, 0.0))
        self.rows.append((dict.fromkeys(variables.values(), 1.0), float(budget.max_terms)))
        return list(variables.values())

    def limits(self, budget: Budget) -> None:
        """No more hours and fees than allowed; what has no price fits no limit of fees."""
        if budget.max_hours is not None:
            hours = {n: option.step.hours for n, option in enumerate(self.options)}
            self.rows.append((hours, budget.max_hours))
        if budget.budget_fen is not None:
            fees = {n: float(o.price_fen or 0) for n, o in enumerate(self.options)}
            self.rows.append((fees, float(budget.budget_fen)))
            unpriced = [n for n, o in enumerate(self.options) if o.price_fen is None]
            self.rows.append((dict.fromkeys(unpriced, 1.0), 0.0))

    def _over(self, number: int, others: Iterable[int]) -> list[int]:
        option = self.options[number]
        return [other for other in others if before(self.options[other], option)]

    def _begins(self, taken: Sequence[int]) -> set[int]:
        return {_days(self.options[number])[0] for number in taken}

    def _on(self, day: int, taken: Sequence[int]) -> list[int]:
        return [n for n in taken if _days(self.options[n])[0] <= day <= _days(self.options[n])[1]]

    def _sums_to_one(self, groups: Iterable[Sequence[int]]) -> None:
        several = sorted(tuple(group) for group in groups if len(group) > 1)
        self.rows += [(dict.fromkeys(group, 1.0), 1.0) for group in several]


def _days(option: Option) -> tuple[int, int]:
    """First and last day of a section by number; a later term has none, and takes no slot."""
    if option.starts_on is None or option.ends_on is None:
        return 0, 0
    return option.starts_on.toordinal(), option.ends_on.toordinal()


def _matrix(rows: Sequence[Row], size: int) -> csr_array:
    places = [
        (row, column, value) for row, (sums, _) in enumerate(rows) for column, value in sums.items()
    ]
    row, column, value = zip(*places, strict=True) if places else ((), (), ())
    return csr_array((np.array(value, dtype=np.float64), (row, column)), shape=(len(rows), size))


def _most(rows: Sequence[Row]) -> Reals:
    return np.array([most for _, most in rows], dtype=np.float64)
