"""The rows of a plan's program: limits by number, and what a section takes of each.

Rooms are counted by window, teachers' hours by who could share them: a little less than the
draft keeps to, which also heeds slots and single teachers. So no plan of the problem breaks a
row, and a bound on the program is one on every plan.

| rows | say |
|---|---|
| cells | persons covered <= completers reaching the cell |
| rooms | meetings <= rooms free in the window, by site and window |
| staff | hours taught <= hours given by pools, by district, qualification and source |
| pools | hours given <= hours free |
| hires | hours taught by hires / hours of one <= hires the cap allows, by district |
| budget | yuan |
| rural | 0 <= balance of the rural floor |
| towns | floor <= sections that count for the town |
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array, hstack

from recsys.planning.opening.cuts import no_cuts
from recsys.planning.opening.problem import SLOT_WINDOW, WINDOWS, Bools, Ints, Problem, Reals
from recsys.planning.opening.tables import Tables

YUAN: Final = 1e4
"""Yuan of one unit of the budget's row: numbers of a program should be of one size."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What one unit of each limit is worth; none below zero.

    Attributes:
        cell: of a completer reaching the cell.
        room: of a meeting, shape (sites, windows).
        staff: of a weekly hour, shape (districts, qualifications, sources); infinite where
            nobody could teach; the last source is that of hires.
        pool: of a weekly hour of each pool.
        hire: of one hire, by district.
        yuan: of one yuan.
        rural: of one seat of the rural floor's balance.
        town: of one section of each town's floor.
        cut: of one person of each cut.
    """

    cell: Reals
    room: Reals
    staff: Reals
    pool: Reals
    hire: Reals
    yuan: float
    rural: float
    town: Reals
    cut: Reals


class Rows:
    """Numbers of the rows of a problem's program, and what a section takes of each.

    Attributes:
        size: rows in all.
        most: the most that each row may be.
        rooms: free in each window, shape (sites, windows).
        kinds: (district, qualification, source) of the staff rows, in their order.
        cuts: rows found on the way, after all others.
        given: pools that can give hours to each staff row, as pairs of positions in ``kinds``
            and pools.
    """

    def __init__(self, problem: Problem, tables: Tables) -> None:
        """Lay out the rows of a problem."""
        self.problem, self.tables = problem, tables
        self.cuts = no_cuts(problem)
        self.rooms = _rooms(problem)
        self.kinds = sorted(tables.pools)
        self.given = [(n, pool) for n, kind in enumerate(self.kinds) for pool in tables.pools[kind]]
        staff, limits = problem.staff, problem.limits
        sizes = [
            len(problem.cells.division), self.rooms.size, len(self.kinds), len(staff.pool_id),
            len(staff.hires_left), 1, 1, len(limits.town),
        ]  # fmt: skip
        ends: list[int] = np.cumsum([0, *sizes]).tolist()
        (self.cell, self.room, self.staff, self.pool, self.hire, self.budget, self.rural,
         self.town, self.size) = ends  # fmt: skip
        self.most = np.concatenate([
            np.zeros(sizes[0]), self.rooms.ravel(), np.zeros(sizes[2]), staff.hours,
            staff.hires_left, [limits.budget / YUAN, 0.0], -limits.floor,
        ]).astype(np.float64)  # fmt: skip
        self._kind = np.full((len(staff.hires_left), *_kinds(problem)), -1)
        for row, kind in enumerate(self.kinds):
            self._kind[kind] = row
        self._serves = limits.serves.T.tocsr()

    def takes(self, offer: Ints, source: Ints) -> csr_array:
        """What sections take of the rows, shape (columns, rows).

        Args:
            offer: index of each column's offer.
            source: index of each column's source.
        """
        problem, offers = self.problem, self.problem.offers
        course, site = offers.course[offer], offers.site[offer]
        meetings, hours = problem.templates.meetings[course], problem.templates.weekly_hours[course]
        district = problem.sites.district[site]
        hired = source == len(problem.staff.sources) - 1
        kind = self._kind[district, problem.templates.qualification[course], source]
        teacher: Ints = np.where(hired, self.hire + district, self.staff + kind)
        taught = np.where(hired, hours / problem.staff.hire_hours, hours)
        cost = self.tables.section_cost[offer, source] / YUAN
        single = np.stack([
            self.room + site * len(WINDOWS) + offers.window[offer], teacher,
            np.full(len(offer), self.budget), np.full(len(offer), self.rural),
        ], axis=1)  # fmt: skip
        balance = -problem.rural_balance[offer]
        values = np.stack([meetings.astype(np.float64), taught, cost, balance], axis=1)
        cells = len(problem.cells.division)
        parts = [
            -offers.cover[offer],
            _wide(single, values, self.town - cells, cells),
            -self._serves[site],
            -self.cuts.coefficient[offer],
        ]
        return _beside(parts)

    def teachable(self) -> Bools:
        """Whether there is staff for each offer and source, shape (offers, sources)."""
        problem = self.problem
        course = problem.offers.course
        district = problem.sites.district[problem.offers.site]
        found = self._kind[district, problem.templates.qualification[course]] >= 0
        hours = problem.templates.weekly_hours[course] <= problem.staff.hire_hours
        found[:, -1] = (problem.staff.hires_left[district] > 0) & hours
        return found

    def prices(self, duals: Reals) -> Prices:
        """What the duals of a least-cost program say of each limit."""
        price = np.maximum(-duals, 0.0)
        staff, pool = self._staffing(price)
        return Prices(
            cell=price[self.cell : self.room],
            room=price[self.room : self.staff].reshape(self.rooms.shape),
            staff=staff,
            pool=pool,
            hire=price[self.hire : self.budget],
            yuan=float(price[self.budget] / YUAN),
            rural=float(price[self.rural]),
            town=price[self.town : self.size],
            cut=price[self.size :],
        )

    def _staffing(self, price: Reals) -> tuple[Reals, Reals]:
        """Prices of hours; a pool's is raised to what its dearest hour is sold for."""
        staff = self.problem.staff
        found = np.full(self._kind.shape, np.inf)
        for row, kind in enumerate(self.kinds):
            found[kind] = price[self.staff + row]
        found[:, :, -1] = price[self.hire : self.budget][:, None] / staff.hire_hours
        pool = price[self.pool : self.hire].copy()
        for row, giver in self.given:
            pool[giver] = max(pool[giver], price[self.staff + row])
        return found, pool

    def paid(self, prices: Prices) -> Reals:
        """The prices of what a section takes; infinite without staff, shape (offers, sources)."""
        problem, offers = self.problem, self.problem.offers
        course, site, templates = offers.course, offers.site, problem.templates
        room = prices.room[site, offers.window] * templates.meetings[course]
        kind = problem.sites.district[site], templates.qualification[course]
        hours = prices.staff[kind] * templates.weekly_hours[course][:, None]
        paid = room[:, None] + hours + prices.yuan * self.tables.section_cost
        return np.where(self.teachable(), paid, np.inf)

    def reduced(self, prices: Prices) -> Reals:
        """What a section is worth beyond the prices of what it takes, shape (offers, sources)."""
        problem, offers = self.problem, self.problem.offers
        worth = offers.cover @ prices.cell + prices.rural * problem.rural_balance
        worth += (self._serves @ prices.town)[offers.site]
        worth += self.cuts.coefficient @ prices.cut
        return np.asarray(worth[:, None] - self.paid(prices))

    def bound(self, prices: Prices, reduced: Reals) -> float:
        """No plan is worth more: the Lagrangian's value at any prices [geoffrion1974].

        sum (value - cell)^+ width + prices . limits + sum most_i max_s reduced_is^+
        """
        problem, limits = self.problem, self.problem.limits
        cells, best = problem.cells, np.maximum(reduced.max(axis=1), 0.0)
        asked = prices.cell.copy()
        np.add.at(asked, self.cuts.cell, prices.cut)
        unsold = np.maximum(cells.value - asked[:, None], 0.0)
        held = float((prices.room * self.rooms).sum() + prices.pool @ problem.staff.hours)
        held += float(prices.hire @ problem.staff.hires_left) + prices.yuan * limits.budget
        held += float(prices.cut @ self.cuts.rhs)
        owed = float(prices.town @ limits.floor)
        return float((unsold * cells.width).sum()) + held - owed + float(best @ problem.offers.most)


def _kinds(problem: Problem) -> tuple[int, int]:
    return problem.staff.teaches.shape[1], len(problem.staff.sources)


def _rooms(problem: Problem) -> Reals:
    """Meetings that fit each site and window, shape (sites, windows)."""
    free = problem.sites.free.clip(min=0)
    return np.stack(
        [free[:, window == SLOT_WINDOW].sum(axis=1) for window in range(len(WINDOWS))], axis=1
    ).astype(np.float64)


def _wide(columns: Ints, values: Reals, width: int, offset: int) -> csr_array:
    """Rows of a few entries each, as a sparse matrix."""
    rows = np.repeat(np.arange(len(columns)), columns.shape[1])
    entries = (values.ravel(), (rows, columns.ravel() - offset))
    return csr_array(entries, shape=(len(columns), width))


def _beside(parts: list[csr_array]) -> csr_array:
    """Sparse matrices side by side."""
    return csr_array(hstack(parts, format="csr"))
