"""A plan while it is being made: what is open, what is covered, and what is left of everything.

Sections go in and out one at a time, each with a teacher and slots of its own, so that a draft
keeps to every limit of the problem at every moment. Only the floors are reached on the way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from recsys.planning.opening.problem import SLOTS, Bools, Ints, Problem, Reals
from recsys.planning.opening.tables import SLOTS_OF, Tables, tables_of

EPS: Final = 1e-7

Place = tuple[int, tuple[int, ...]]
"""A pool and weekly slots."""


@dataclass(frozen=True, slots=True)
class Line:
    """One section to open.

    Attributes:
        offer: index into the offers.
        source: index into the sources of teachers.
        pool: index into the pools; of a hire, the number of pools plus
            district * qualifications + qualification.
        slots: weekly slots, in order.
    """

    offer: int
    source: int
    pool: int
    slots: tuple[int, ...]


class Draft:
    """A plan in the making.

    Attributes:
        problem: what it is made for.
        tables: the problem's columns.
        lines: the sections, by a number that no other ever has.
        covered: persons a term reached in each cell, also beyond what there is in it.
        count: sections of each offer.
        spent: yuan.
        balance: the rural floor's: seats at rural sites beyond the share.
        towns: sections that count for each town with a floor.
    """

    def __init__(self, problem: Problem, tables: Tables | None = None) -> None:
        """Nothing is open yet.

        Args:
            problem: what to plan.
            tables: its columns, where they are known already.
        """
        self.problem, self.tables = problem, tables_of(problem) if tables is None else tables
        staff, offers = problem.staff, len(problem.offers.course)
        kinds = len(staff.hires_left) * staff.teaches.shape[1]
        self.lines: dict[int, Line] = {}
        self.covered = [0.0] * len(problem.cells.division)
        self.count = [0] * offers
        self.spent = self.balance = 0.0
        self.towns = [0] * len(problem.limits.town)
        self._next = 0
        self._hire = len(staff.sources) - 1
        self._free: list[list[int]] = problem.sites.free.tolist()
        self._room = [[sum(row[s] > 0 for s in slots) for slots in SLOTS_OF] for row in self._free]
        self._hours: list[float] = staff.hours.tolist()
        self._busy = [[0] * SLOTS for _ in range(len(self._hours) + kinds)]
        self._hired, self._taught = [0] * kinds, [0.0] * kinds
        self._hires_left: list[int] = staff.hires_left.tolist()

    def copy(self) -> "Draft":
        """The same plan, to be changed apart."""
        twin = object.__new__(Draft)
        twin.__dict__.update(self.__dict__)
        twin.lines = dict(self.lines)
        for name in ("covered", "count", "towns", "_hours", "_hired", "_taught", "_hires_left"):
            setattr(twin, name, getattr(self, name).copy())
        for name in ("_free", "_room", "_busy"):
            setattr(twin, name, [row.copy() for row in getattr(self, name)])
        return twin

    @property
    def value(self) -> float:
        """What the plan covers is worth."""
        return float(self.problem.worth(np.array(self.covered)).sum())

    def may(self, offer: int, source: int) -> bool:
        """Whether rooms, money and staff leave anything for one more section; quick."""
        tables = self.tables
        if (
            self.count[offer] >= tables.most[offer]
            or self._room[tables.site[offer]][tables.window[offer]] < tables.meetings[offer]
            or self.spent + tables.cost[offer][source] > self.problem.limits.budget + EPS
        ):
            return False
        hours, (district, qualification) = tables.hours[offer] - EPS, tables.key[offer]
        if source != self._hire:
            pools = tables.pools.get((district, qualification, source), ())
            return any(self._hours[pool] >= hours for pool in pools)
        return self._hires_left[district] > 0 or self._hours_of_hires(offer) >= hours

    def add(self, offer: int, source: int, *, keep_balance: bool = False) -> int | None:
        """Open a section, with the first teacher and the emptiest slots that suit.

        Args:
            offer: index into the offers.
            source: index into the sources.
            keep_balance: whether the rural floor must stand afterwards.

        Returns:
            The line's number; None where a limit stands against it.
        """
        rural = self.tables.rural[offer]
        if keep_balance and rural < 0 and self.balance + rural < -EPS:
            return None
        if not self.may(offer, source):
            return None
        place = self._hire_one(offer) if source == self._hire else self._staffed(offer, source)
        return None if place is None else self._open(Line(offer, source, *place))

    def put(self, line: Line) -> int | None:
        """Open exactly this section; None where a limit stands against it."""
        if not self.may(line.offer, line.source):
            return None
        free, busy = self._free[self.tables.site[line.offer]], self._busy[line.pool]
        if any(free[slot] < 1 for slot in line.slots):
            return None
        clash = max(busy[slot] for slot in line.slots)
        if line.source == self._hire:
            return self._open(line) if self._take_hire(line.offer, clash) else None
        enough = self._hours[line.pool] + EPS >= self.tables.hours[line.offer]
        return self._open(line) if enough and clash < self.tables.heads[line.pool] else None

    def remove(self, number: int) -> Line:
        """Close a section again; its hire is let go where nothing needs one any more."""
        line = self.lines.pop(number)
        self._book(line, -1)
        if line.source == self._hire:
            self._let_go(line)
        return line

    def loss(self, number: int) -> float:
        """What the plan would lose without a section."""
        lost = 0.0
        for cell, part in self.tables.cover[self.lines[number].offer]:
            held = self.covered[cell]
            if held - part < self.tables.total[cell]:
                lost += self._between(cell, max(held - part, 0.0), held)
        return lost

    def losses(self, numbers: Iterable[int]) -> Reals:
        """What the plan would lose without each of some sections."""
        return np.array([self.loss(number) for number in numbers])

    def gain(self, offer: int) -> float:
        """What one more section of an offer would add."""
        covered, total, gained = self.covered, self.tables.total, 0.0
        for cell, part in self.tables.cover[offer]:
            held = covered[cell]
            if held < total[cell]:
                gained += self._between(cell, held, held + part)
        return gained

    def gains(self) -> Reals:
        """What one more section of each offer would add, shape (offers,)."""
        cover, covered = self.problem.offers.cover, np.array(self.covered)
        more = self.problem.worth(covered[cover.indices] + cover.data, cover.indices)
        now = self.problem.worth(covered)[cover.indices]
        sums = np.concatenate([[0.0], np.cumsum(more - now)])
        return np.asarray(sums[cover.indptr[1:]] - sums[cover.indptr[:-1]])

    def left(self) -> tuple[Ints, Reals, Ints]:
        """Rooms free by site and slot, weekly hours of pools, hires of districts still left."""
        return np.array(self._free), np.array(self._hours), np.array(self._hires_left)

    def possible(self) -> Bools:
        """Whether rooms, money and staff leave anything for one more section of each offer.

        Returns:
            Shape (offers, sources); ``may`` for all at once, but for the slots of teachers.
        """
        problem, room = self.problem, np.array(self._room)
        offers, course = problem.offers, problem.offers.course
        fits = room[offers.site, offers.window] >= problem.templates.meetings[course]
        fits &= np.array(self.count) < offers.most
        left = problem.limits.budget - self.spent + EPS
        district, qualification = (
            problem.sites.district[offers.site],
            problem.templates.qualification[course],
        )
        hours = self._hours_by_kind()[district, qualification]
        enough = hours + EPS >= problem.templates.weekly_hours[course][:, None]
        return fits[:, None] & enough & (self.tables.section_cost <= left)

    def _hours_by_kind(self) -> Reals:
        """Most hours a week that one teacher has left, by district, qualification and source."""
        staff = self.problem.staff
        shape = len(staff.hires_left), staff.teaches.shape[1]
        found = np.zeros((*shape, len(staff.sources)))
        for (district, qualification, source), pools in self.tables.pools.items():
            found[district, qualification, source] = max(self._hours[pool] for pool in pools)
        hired, taught = np.array(self._hired), np.array(self._taught)
        own = (hired * staff.hire_hours - taught).reshape(shape)
        new = np.array(self._hires_left)[:, None] > 0
        found[:, :, self._hire] = np.where(new, np.maximum(own, staff.hire_hours), own)
        return found

    def _between(self, cell: int, low: float, high: float) -> float:
        """What persons of a cell from one number to another are worth."""
        worth = begin = 0.0
        for width, value in self.tables.steps[cell]:
            part = min(high - begin, width) - max(low - begin, 0.0)
            if part > 0:
                worth += part * value
            begin += width
        return worth

    def _hours_of_hires(self, offer: int) -> float:
        """Hours left of those hired already who can teach an offer."""
        kind = self._kind(offer)
        return self._hired[kind] * self.problem.staff.hire_hours - self._taught[kind]

    def _kind(self, offer: int) -> int:
        district, qualification = self.tables.key[offer]
        return district * self.problem.staff.teaches.shape[1] + qualification

    def _staffed(self, offer: int, source: int) -> Place | None:
        hours = self.tables.hours[offer] - EPS
        for pool in self.tables.pools.get((*self.tables.key[offer], source), ()):
            if self._hours[pool] >= hours:
                slots = self._slots(offer, pool, self.tables.heads[pool])
                if slots is not None:
                    return pool, slots
        return None

    def _hire_one(self, offer: int) -> Place | None:
        """Somebody hired already with hours left, else somebody new while the cap allows."""
        kind = self._kind(offer)
        pool = len(self._hours) + kind
        for heads in (self._hired[kind], self._hired[kind] + 1):
            slots = self._slots(offer, pool, heads)
            if slots is not None and self._take_hire(offer, heads - 1):
                return pool, slots
        return None

    def _take_hire(self, offer: int, clash: int) -> bool:
        """Make sure of hires for one more section, while ``clash`` of them teach elsewhere."""
        kind, hours = self._kind(offer), self.tables.hours[offer]
        each, (district, _) = self.problem.staff.hire_hours, self.tables.key[offer]
        heads = max(self._hired[kind], clash + 1, ceil((self._taught[kind] + hours - EPS) / each))
        more = heads - self._hired[kind]
        if more > self._hires_left[district]:
            return False
        self._hired[kind] += more
        self._hires_left[district] -= more
        return True

    def _let_go(self, line: Line) -> None:
        kind = line.pool - len(self._hours)
        hours = ceil((self._taught[kind] - EPS) / self.problem.staff.hire_hours)
        needed = max(0, hours, *self._busy[line.pool])
        self._hires_left[self.tables.key[line.offer][0]] += self._hired[kind] - needed
        self._hired[kind] = needed

    def _slots(self, offer: int, pool: int, heads: int) -> tuple[int, ...] | None:
        """The emptiest slots of the window in which a teacher is free."""
        free, busy = self._free[self.tables.site[offer]], self._busy[pool]
        window, meetings = SLOTS_OF[self.tables.window[offer]], self.tables.meetings[offer]
        able = [slot for slot in window if free[slot] > 0 and busy[slot] < heads]
        if len(able) > meetings:
            able.sort(key=lambda slot: -free[slot])
        return tuple(sorted(able[:meetings])) if len(able) >= meetings else None

    def _open(self, line: Line) -> int:
        number = self._next
        self._next += 1
        self.lines[number] = line
        self._book(line, 1)
        return number

    def _book(self, line: Line, sign: int) -> None:
        """Take what a section needs, or give it back."""
        tables, offer = self.tables, line.offer
        site, hours = tables.site[offer], sign * tables.hours[offer]
        free, busy, room = self._free[site], self._busy[line.pool], self._room[site]
        for slot in line.slots:
            busy[slot] += sign
            free[slot] -= sign
            if free[slot] == (sign < 0):
                room[tables.window[offer]] -= sign
        if line.source == self._hire:
            self._taught[line.pool - len(self._hours)] += hours
        else:
            self._hours[line.pool] -= hours
        self.spent += sign * tables.cost[offer][line.source]
        self.balance += sign * tables.rural[offer]
        self.count[offer] += sign
        for town in tables.serving[site]:
            self.towns[town] += sign
        for cell, part in tables.cover[offer]:
            self.covered[cell] += sign * part
