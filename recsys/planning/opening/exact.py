"""The whole problem as one integer program, slots and single teachers included.

The programs of ``program`` count rooms by window and hours by kind of staff, which is a little
wider than the truth. Where few sections could be opened, nothing needs to be left out:

    x[i,p]     sections of offer i taught by pool p                        whole, sum_p <= most_i
    u[i,p,s]   those of them that meet in slot s                           whole, <= x[i,p]
    h[d,q]     hires of a district and qualification                       whole
    y[k,t]     persons of step t of cell k that are covered                0 to width[k,t]

    sum_s u[i,p,s]                = meetings_i x[i,p]     each offer and pool
    sum_ip u[i,p,s]               <= rooms free           each site and slot
    sum_i u[i,p,s]                <= heads_p, or h        each pool, or kind of hires, and slot
    sum_i hours_i x[i,p]          <= hours_p, or hours of one hire * h
    sum_q h[d,q]                  <= hires the cap leaves each district
    and cells, budget, rural floor and towns as in ``problem``

Whole u <= x that add up to meetings * x can always be dealt out to x sections that meet in
different slots (a table of zeros and ones with those sums exists [gale1957]): each slot in turn
goes to the sections with most meetings still to place.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np

from recsys.planning.opening.draft import Line
from recsys.planning.opening.problem import Bools, Ints, Problem, Reals
from recsys.planning.opening.relaxation import quiet
from recsys.planning.opening.rows import YUAN
from recsys.planning.opening.tables import SLOTS_OF, Tables

FEASIBLE: Final = 1e-9
"""How far a solution may be from a row or from whole: what it opens is opened by exact sums."""


@dataclass(frozen=True, slots=True)
class Column:
    """Sections of one offer taught by one pool; of a hire as in ``Line``."""

    offer: int
    source: int
    pool: int
    slots: tuple[int, ...]
    """Slots of the offer's window in which a room is free."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The program solved, as far as time allowed.

    Attributes:
        lines: the sections; None where no plan was found.
        bound: no plan of these columns is worth more.
    """

    lines: list[Line] | None
    bound: float


def columns_of(problem: Problem, tables: Tables, able: Bools) -> list[Column]:
    """Every offer with everybody who could teach it.

    Args:
        problem: what is planned.
        tables: its columns.
        able: which offers and sources are looked at, shape (offers, sources).
    """
    found: list[Column] = []
    staff = problem.staff
    qualifications, hire = staff.teaches.shape[1], len(staff.sources) - 1
    for offer, source in np.argwhere(able).tolist():
        district, qualification = tables.key[offer]
        free = problem.sites.free[tables.site[offer]]
        slots = tuple(slot for slot in SLOTS_OF[tables.window[offer]] if free[slot] > 0)
        if len(slots) < tables.meetings[offer] or tables.most[offer] < 1:
            continue
        if source == hire:
            hired = len(staff.pool_id) + district * qualifications + qualification
            pools: tuple[int, ...] = (hired,) if staff.hires_left[district] > 0 else ()
        else:
            within = tables.pools.get((district, qualification, source), ())
            pools = tuple(pool for pool in within if staff.hours[pool] >= tables.hours[offer])
        found += [Column(offer, source, pool, slots) for pool in pools]
    return found


def meetings_of(columns: Iterable[Column]) -> int:
    """Whole numbers of the program: what decides whether it is small."""
    return sum(1 + len(column.slots) for column in columns)


def solve_exactly(
    problem: Problem,
    tables: Tables,
    columns: list[Column],
    *,
    begin: Iterable[Line] = (),
    seconds: float,
    stop: Callable[[], bool],
) -> Exact:
    """The best plan made of some columns, proven where time suffices.

    Args:
        problem: what is planned.
        tables: its columns.
        columns: what may be opened by whom.
        begin: a plan that is known and keeps to all limits; none where none is.
        seconds: of search.
        stop: asked again and again whether to stop at once.
    """
    build = _Build(problem, tables, columns)
    highs = quiet()
    build.hand_to(highs)
    for name, value in (("time_limit", max(seconds, 0.1)), ("mip_rel_gap", 0.0),
                        ("mip_abs_gap", FEASIBLE), ("mip_feasibility_tolerance", FEASIBLE),
                        ("primal_feasibility_tolerance", FEASIBLE)):  # fmt: skip
        highs.setOptionValue(name, value)
    start = build.start(begin)
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)

    def asked(kind: object, message: str, out: object, answer: object, data: object) -> None:
        answer.user_interrupt = stop()  # type: ignore[attr-defined]

    highs.setCallback(asked, None)
    highs.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Exact(None, -info.mip_dual_bound)
    amount = np.rint(np.array(highs.getSolution().col_value)).astype(np.int64)
    return Exact(build.lines(amount), -info.mip_dual_bound)


Name = tuple[object, ...]
"""Of a row: its kind and what it is about."""


class _Program:
    """Rows by name and columns one after the other, as lists."""

    def __init__(self) -> None:
        self.row: dict[Name, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.cost: list[float] = []
        self.most: list[float] = []
        self.whole: list[bool] = []
        self.starts: list[int] = []
        self.index: list[int] = []
        self.entry: list[float] = []

    def limit(self, name: Name, high: float, low: float = -np.inf) -> None:
        """A new row."""
        self.row[name] = len(self.high)
        self.low.append(low)
        self.high.append(high)

    def column(
        self, most: float, entries: Mapping[Name, float], cost: float = 0.0,
        *, whole: bool = True,
    ) -> int:  # fmt: skip
        """A new column by what it takes of the rows; returns its number."""
        self.starts.append(len(self.index))
        self.index += [self.row[name] for name in entries]
        self.entry += entries.values()
        self.cost.append(cost)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.cost) - 1


class _Build:
    """The program's rows and columns; ``y`` come first, then hires, then sections."""

    def __init__(self, problem: Problem, tables: Tables, columns: list[Column]) -> None:
        self.problem, self.tables, self.columns = problem, tables, columns
        self.program = _Program()
        self.pools = len(problem.staff.pool_id)
        self.hired = sorted({c.pool for c in columns if c.pool >= self.pools})
        self._rows()
        self._cells()
        self.hires = {pool: self._hires(pool) for pool in self.hired}
        self.at = [self._sections(number, column) for number, column in enumerate(columns)]

    def _rows(self) -> None:
        problem, limit = self.problem, self.program.limit
        staff, limits = problem.staff, problem.limits
        for cell in range(len(problem.cells.division)):
            limit(("cell", cell), 0.0)
        limit(("budget",), limits.budget / YUAN)
        limit(("rural",), 0.0)
        for town, floor in enumerate(limits.floor.tolist()):
            limit(("town", town), -float(floor))
        for district, left in enumerate(staff.hires_left.tolist()):
            limit(("hires", district), float(left))
        for offer in sorted({column.offer for column in self.columns}):
            limit(("most", offer), float(self.tables.most[offer]))
        for pool in sorted({column.pool for column in self.columns}):
            limit(("hours", pool), float(staff.hours[pool]) if pool < self.pools else 0.0)
        for number, column in enumerate(self.columns):
            site = self.tables.site[column.offer]
            limit(("meetings", number), 0.0, 0.0)
            for slot in column.slots:
                limit(("once", number, slot), 0.0)
                if ("room", site, slot) not in self.program.row:
                    limit(("room", site, slot), float(problem.sites.free[site, slot]))
                if ("clash", column.pool, slot) not in self.program.row:
                    heads = staff.heads[column.pool] if column.pool < self.pools else 0
                    limit(("clash", column.pool, slot), float(heads))

    def _cells(self) -> None:
        cells = self.problem.cells
        for (cell, step), width in np.ndenumerate(cells.width):
            value = float(cells.value[cell, step])
            self.program.column(float(width), {("cell", cell): 1.0}, -value, whole=False)

    def _hires(self, pool: int) -> int:
        """One column: hires of a district and qualification."""
        staff = self.problem.staff
        district = (pool - self.pools) // staff.teaches.shape[1]
        clash = [name for name in self.program.row if name[:2] == ("clash", pool)]
        entries: dict[Name, float] = {("hires", district): 1.0, ("hours", pool): -staff.hire_hours}
        entries |= dict.fromkeys(clash, -1.0)
        return self.program.column(float(staff.hires_left[district]), entries)

    def _sections(self, number: int, column: Column) -> int:
        """One column for sections, whose number is returned, then one for each of their slots."""
        tables, offer = self.tables, column.offer
        site, most = tables.site[offer], float(tables.most[offer])
        entries: dict[Name, float] = {("cell", cell): -part for cell, part in tables.cover[offer]}
        entries |= {
            ("budget",): tables.cost[offer][column.source] / YUAN,
            ("rural",): -tables.rural[offer],
            ("most", offer): 1.0,
            ("hours", column.pool): tables.hours[offer],
            ("meetings", number): -float(tables.meetings[offer]),
        }
        entries |= {("town", town): -1.0 for town in tables.serving[site]}
        entries |= {("once", number, slot): -1.0 for slot in column.slots}
        first = self.program.column(most, entries)
        for slot in column.slots:
            takes: dict[Name, float] = {("meetings", number): 1.0, ("once", number, slot): 1.0,
                     ("room", site, slot): 1.0, ("clash", column.pool, slot): 1.0}  # fmt: skip
            self.program.column(most, takes)
        return first

    def hand_to(self, highs: highspy.Highs) -> None:
        """Pass everything to the solver."""
        it, none = self.program, np.zeros(0)
        rows, columns = len(it.high), len(it.cost)
        highs.addRows(
            rows, np.array(it.low), np.array(it.high),
            0, np.zeros(rows, np.int32), np.zeros(0, np.int32), none,
        )  # fmt: skip
        highs.addCols(
            columns, np.array(it.cost), np.zeros(columns), np.array(it.most), len(it.index),
            np.array(it.starts, np.int32), np.array(it.index, np.int32), np.array(it.entry),
        )  # fmt: skip
        whole = np.flatnonzero(it.whole).astype(np.int32)
        kinds = np.full(len(whole), highspy.HighsVarType.kInteger.value, dtype=np.uint8)
        highs.changeColsIntegrality(len(whole), whole, kinds)

    def start(self, begin: Iterable[Line]) -> Reals | None:
        """A known plan as values of all columns; None without one, or with lines not listed."""
        place = {(it.offer, it.pool): number for number, it in enumerate(self.columns)}
        lines = list(begin)
        if not lines or any((line.offer, line.pool) not in place for line in lines):
            return None
        value = np.zeros(len(self.program.cost))
        covered = np.zeros(len(self.problem.cells.division))
        hours: dict[int, float] = defaultdict(float)
        busy: Counter[tuple[int, int]] = Counter()
        for line in lines:
            number = place[line.offer, line.pool]
            value[self.at[number]] += 1
            for slot in line.slots:
                value[self.at[number] + 1 + self.columns[number].slots.index(slot)] += 1
            busy.update((line.pool, slot) for slot in line.slots)
            hours[line.pool] += self.tables.hours[line.offer]
            for cell, part in self.tables.cover[line.offer]:
                covered[cell] += part
        value[: self.problem.cells.width.size] = self._filled(covered).ravel()
        for pool, hires in self.hires.items():
            at_once = max((n for (kind, _), n in busy.items() if kind == pool), default=0)
            by_hours = np.ceil(hours[pool] / self.problem.staff.hire_hours - FEASIBLE)
            value[hires] = max(at_once, by_hours)
        return value

    def _filled(self, covered: Reals) -> Reals:
        """Persons covered in each step of each cell, the first steps first."""
        width = self.problem.cells.width
        before = np.cumsum(width, axis=1) - width
        return np.clip(covered[:, None] - before, 0.0, width)

    def lines(self, amount: Ints) -> list[Line]:
        """The sections of a solution, each in slots of its own."""
        found: list[Line] = []
        for at, column in zip(self.at, self.columns, strict=True):
            times = amount[at + 1 : at + 1 + len(column.slots)].tolist()
            slots = dict(zip(column.slots, times, strict=True))
            meetings = self.tables.meetings[column.offer]
            found += [
                Line(column.offer, column.source, column.pool, own)
                for own in dealt(slots, int(amount[at]), meetings)
            ]
        return found


def dealt(times: dict[int, int], sections: int, meetings: int) -> list[tuple[int, ...]]:
    """Slots of each of some sections, none twice in one.

    Args:
        times: sections that meet in each slot, none more than ``sections``; they add up to
            sections * meetings.
        sections: how many there are.
        meetings: of each.

    >>> dealt({2: 2, 5: 1, 8: 1}, 2, 2)
    [(2, 5), (2, 8)]
    """
    own: list[list[int]] = [[] for _ in range(sections)]
    for slot, count in times.items():
        for section in sorted(own, key=len)[:count]:
            section.append(slot)
    return [tuple(sorted(slots)) for slots in own]
