"""The integer program of what a draft leaves, begun from a plan that is known [huangfu2018].

the relaxation's rows, sections whole, and
hours taught by hires <= hours of one * hires      by district and qualification, hires whole
sum hires             <= hires the cap allows      by district
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from recsys.planning.opening.problem import Ints, Reals
from recsys.planning.opening.relaxation import Columns, base_columns, pass_program, quiet
from recsys.planning.opening.rest import Rest
from recsys.planning.opening.rows import Rows
from recsys.planning.opening.tables import tables_of

Pair = tuple[int, int]
"""An offer and a source."""


@dataclass(frozen=True, slots=True)
class Solved:
    """An integer program solved, as far as time allowed.

    Attributes:
        chosen: offer (of the whole problem) and source of each section; None where no plan was
            found.
        value: of what the sections cover, beside what was covered before.
        bound: no choice among the given sections is worth more.
    """

    chosen: list[Pair] | None
    value: float
    bound: float


def solve_rest(
    rest: Rest,
    offer: Ints,
    source: Ints,
    *,
    begin: Sequence[Pair] = (),
    seconds: float,
    stop: Callable[[], bool],
    gap: float = 0.0,
) -> Solved:
    """The best sections among some, beside what stays open.

    Args:
        rest: what a draft leaves.
        offer: position of each column's offer in ``rest.offer``.
        source: index of its source.
        begin: sections of a plan that is known, by position and source.
        seconds: of search.
        stop: asked again and again whether to stop at once.
        gap: relative distance to the bound that is good enough.
    """
    build = _Build(rest, offer, source)
    highs = quiet()
    build.hand_to(highs)
    highs.setOptionValue("time_limit", seconds)
    highs.setOptionValue("mip_rel_gap", gap)
    if begin:
        index, value = build.start(begin)
        highs.setSolution(len(index), index.astype(np.int32), value)
    _heed(highs, stop)
    highs.run()
    return build.read(highs)


def _heed(highs: highspy.Highs, stop: Callable[[], bool]) -> None:
    """Let the solver ask whether to stop."""

    def asked(kind: object, message: str, out: object, answer: object, data: object) -> None:
        answer.user_interrupt = stop()  # type: ignore[attr-defined]

    highs.setCallback(asked, None)
    highs.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)


class _Build:
    """Columns and rows of the integer program."""

    def __init__(self, rest: Rest, offer: Ints, source: Ints) -> None:
        self.rest, self.offer, self.source = rest, offer, source
        problem = rest.problem
        self.rows = Rows(problem, tables_of(problem))
        self.base = base_columns(problem, self.rows)
        self.hire = len(problem.staff.sources) - 1
        qualifications = problem.staff.teaches.shape[1]
        course = problem.offers.course[offer]
        kind = problem.sites.district[problem.offers.site[offer]] * qualifications
        self.kind = kind + problem.templates.qualification[course]
        self.kinds = np.unique(self.kind[source == self.hire])
        self.district = self.kinds // qualifications
        self.hours = problem.templates.weekly_hours[course]

    def hand_to(self, highs: highspy.Highs) -> None:
        """Pass everything to the solver: base columns, hires, sections."""
        problem, rows = self.rest.problem, self.rows
        hired = np.flatnonzero(self.source == self.hire)
        most = np.concatenate([rows.most, np.zeros(len(self.kinds))])
        most[rows.rural] = self.rest.balance
        most[rows.hire : rows.budget] = problem.staff.hires_left
        pass_program(highs, self.base, most)
        n = len(self.kinds)
        own = rows.size + np.arange(n)
        left = problem.staff.hires_left[self.district].astype(np.float64)
        entries = np.stack([np.ones(n), np.full(n, -problem.staff.hire_hours)], axis=1)
        index = np.stack([rows.hire + self.district, own], axis=1)
        hires = Columns(np.zeros(n), left, 2 * np.arange(n), index.ravel(), entries.ravel())
        _add(highs, hires)
        _add(highs, self._sections(hired))
        whole = np.arange(len(self.base.cost), len(self.base.cost) + n + len(self.offer))
        kinds = np.full(len(whole), highspy.HighsVarType.kInteger.value, dtype=np.uint8)
        highs.changeColsIntegrality(len(whole), whole.astype(np.int32), kinds)

    def _sections(self, hired: Ints) -> Columns:
        """Sections; those of hires take hours of their kind's hires instead of the cap's row."""
        takes = self.rows.takes(self.offer, self.source).tocoo()
        at_cap = (takes.col >= self.rows.hire) & (takes.col < self.rows.budget)
        row = np.concatenate([takes.row[~at_cap], hired])
        kind = self.rows.size + np.searchsorted(self.kinds, self.kind[hired])
        column = np.concatenate([takes.col[~at_cap], kind])
        entry = np.concatenate([takes.data[~at_cap], self.hours[hired]])
        order = np.argsort(row, kind="stable")
        starts = np.searchsorted(row[order], np.arange(len(self.offer)))
        index = column[order].astype(np.int64)
        most = self.rest.problem.offers.most[self.offer].astype(np.float64)
        return Columns(np.zeros(len(self.offer)), most, starts, index, entry[order])

    def start(self, begin: Sequence[Pair]) -> tuple[Ints, Reals]:
        """The sections of a known plan as values of columns; what is left out is for the solver."""
        place = {
            pair: n
            for n, pair in enumerate(zip(self.offer.tolist(), self.source.tolist(), strict=True))
        }
        value = np.zeros(len(self.offer))
        for pair in begin:
            value[place[pair]] += 1
        first = len(self.base.cost) + len(self.kinds)
        return first + np.arange(len(value)), value

    def read(self, highs: highspy.Highs) -> Solved:
        """What the solver found."""
        info = highs.getInfo()
        bound = -info.mip_dual_bound
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Solved(None, 0.0, bound)
        first = len(self.base.cost) + len(self.kinds)
        amount = np.rint(np.array(highs.getSolution().col_value)[first:]).astype(np.int64)
        opened = np.repeat(np.arange(len(amount)), amount.clip(min=0))
        offers = self.rest.offer[self.offer[opened]]
        pairs = list(zip(offers.tolist(), self.source[opened].tolist(), strict=True))
        return Solved(pairs, -info.objective_function_value, bound)


def _add(highs: highspy.Highs, columns: Columns) -> None:
    n = len(columns.cost)
    if n:
        highs.addCols(
            n, columns.cost, np.zeros(n), columns.most, len(columns.index),
            columns.starts.astype(np.int32), columns.index.astype(np.int32), columns.entry,
        )  # fmt: skip
