"""From a problem to a plan: greedy, relaxation, rounding, integer programs place by place.

    greedy ─▶ relaxation ─▶ roundings ─▶ swaps ─▶ programs ─▶ plan
                  └──────── bound ◀── one program over everything, where that is small enough

Where few sections could be opened, one program more counts every slot and teacher (``exact``), and
what it proves is the best there is. Each step begins from the best plan so far, and each plan
keeps to every limit, so stopping at any moment leaves a plan with the bound proven by then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.planning.opening.draft import EPS, Draft
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.exact import columns_of, meetings_of, solve_exactly
from recsys.planning.opening.greedy import Until, fill, greedy, meet_towns, mend_balance
from recsys.planning.opening.problem import Bools, Ints, Problem, Reals
from recsys.planning.opening.program import Solved, solve_rest
from recsys.planning.opening.relaxation import Relaxation, Relaxed
from recsys.planning.opening.rest import rest_of
from recsys.planning.opening.rows import Rows
from recsys.planning.opening.swaps import swaps
from recsys.planning.opening.tables import Tables, tables_of

ROUND_UP: Final = (1e-6, 0.3, 0.5, 0.7)
"""What is added to the relaxation's amounts before they are cut to whole sections."""

EXACT: Final = 4_000
"""So many whole numbers at most make a program of every slot and teacher."""

WHOLE_SHARE: Final = 0.5
"""Share of the time left for each program of everything: what it doesn't prove is for the next."""

WHOLE: Final = 3_000
"""So many columns at most are solved as one program."""

PART: Final = 1_200
"""Columns of a program of one place, at most."""

PART_LINES: Final = 120
"""Sections closed and opened anew by a program of one place, at most."""

PART_SECONDS: Final = 4.0
"""Time of one such program, at most."""

SWAP_SHARE: Final = 0.05
"""Share of the time for swaps."""

GOOD: Final = 1e-4
"""A plan this near to the bound is the best there is, for all that matters."""

Seconds = Callable[[], float]
Tell = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was found.

    Attributes:
        draft: the plan.
        value: of what it covers.
        bound: no plan is worth more.
        relaxed: the relaxation, whose prices tell what each limit is worth; None where time
            didn't suffice for it.
        history: step, seconds from the beginning, value and bound, whenever one got better.
        stopped: whether it was stopped before its time.
    """

    draft: Draft
    value: float
    bound: float
    relaxed: Relaxed | None
    history: tuple[tuple[str, float, float, float], ...]
    stopped: bool

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return self.bound - self.value <= GOOD * max(1.0, abs(self.bound))


def solve(
    problem: Problem,
    *,
    clock: Seconds,
    seconds: float,
    rng: np.random.Generator,
    stop: Callable[[], bool] = lambda: False,
    tell: Tell = lambda step, value, bound: None,
) -> Plan:
    """The best plan that time allows, with a bound that no plan exceeds.

    Args:
        problem: what to plan.
        clock: seconds since some moment.
        seconds: of search.
        rng: the random generator.
        stop: asked again and again whether to end with the best plan so far.
        tell: is told the step, the value and the bound whenever one gets better.

    Raises:
        PlanningError: the floors can't be met within the budget, rooms and staff.
    """
    run = _Run(problem, clock, seconds, rng, stop, tell)
    run.begin()
    run.relax()
    run.round()
    run.swap()
    run.whole()
    run.exact()
    run.parts()
    return run.plan()


class _Run:
    """One search: the best plan so far, the best bound so far, and how time passes."""

    def __init__(
        self,
        problem: Problem,
        clock: Seconds,
        seconds: float,
        rng: np.random.Generator,
        stop: Callable[[], bool],
        tell: Tell,
    ) -> None:
        self.problem, self.rng, self.tell, self._stop = problem, rng, tell, stop
        self._clock, self._begun = clock, clock()
        self._seconds = seconds
        self.tables: Tables = tables_of(problem)
        self.rows = Rows(problem, self.tables)
        self.best = Draft(problem, self.tables)
        self.value, self.bound = 0.0, problem.cells.worth
        self.price: Reals = np.maximum(self.tables.section_cost, EPS)
        self.relaxed: Relaxed | None = None
        self.history: list[tuple[str, float, float, float]] = []

    def begin(self) -> None:
        """A first plan; floors that neither it nor a program of everything meets aren't met."""
        first = greedy(self.problem, self.tables)
        if not floors_met(first):
            self.exact()
            if not self.best.lines:
                check_floors(first)
            return
        self._take(first, "greedy", force=True)

    def relax(self) -> None:
        """The relaxation, its bound and its prices."""
        rows = self.rows
        program = Relaxation(self.problem, self.tables, rows)
        program.take_in((line.offer, line.source) for line in self.best.lines.values())
        self.relaxed = program.solve(self._over, self._bounded, self._left)
        if self.relaxed is not None:
            self.price = prices_of(rows, self.relaxed)

    def round(self) -> None:
        """Plans near the relaxation: its amounts in whole sections, filled up under its prices."""
        if self.relaxed is None:
            return
        for up in ROUND_UP:
            if not self._over():
                draft = rounded(self.best, self.relaxed, self.price, up, self._late)
                self._take(draft, "rounding")

    def swap(self) -> None:
        """A little while of swaps."""
        until = self._clock() + SWAP_SHARE * self._seconds

        def over() -> bool:
            return self._over() or self._clock() >= until

        if not over():
            self._take(swaps(self.best, self.price, self.rng, over), "swaps")

    def exact(self) -> None:
        """All that a better plan could open, slots and teachers too, where that is little."""
        if self._late() or self.bound - self.value <= EPS:
            return
        able = self.rows.teachable()
        if self.relaxed is not None:
            able &= self.relaxed.reduced >= self.value - self.relaxed.bound - EPS
        for line in self.best.lines.values():
            able[line.offer, line.source] = True
        columns = columns_of(self.problem, self.tables, able)
        if meetings_of(columns) > EXACT:
            return
        solved = solve_exactly(
            self.problem,
            self.tables,
            columns,
            begin=self.best.lines.values(),
            seconds=WHOLE_SHARE * self._left(),
            stop=self._late,
        )
        draft = Draft(self.problem, self.tables)
        for line in solved.lines or ():
            draft.put(line)
        self._take(draft, "exact")
        self._bounded(0.0, max(self.value, solved.bound))

    def whole(self) -> None:
        """One program over all sections that a better plan could have, where they are few."""
        if self.relaxed is None or self._over():
            return
        within = self.relaxed.reduced >= self.value - self.relaxed.bound - EPS
        if within.sum() > WHOLE:
            return
        every = np.arange(len(self.problem.sites.site_id))
        solved = self._program(every, within, WHOLE_SHARE * self._left())
        if solved is not None:
            self._bounded(0.0, max(self.value, solved.bound))

    def parts(self) -> None:
        """Programs of one district after the other, while time is left and something improves."""
        if self.relaxed is None:
            return
        while not self._over():
            for district in self.rng.permutation(len(self.problem.staff.hires_left)).tolist():
                sites = self._place(district)
                if self._over() or not len(sites):
                    continue
                near = self.relaxed.reduced >= self._near(sites)
                self._program(sites, near, min(PART_SECONDS, self._left()))

    def plan(self) -> Plan:
        """The best found."""
        return Plan(
            self.best, self.value, self.bound, self.relaxed, tuple(self.history), self._stop()
        )

    def _program(self, sites: Ints, able: Bools, seconds: float) -> Solved | None:
        """Close what is open at some sites, and open the best there is instead."""
        here = np.zeros(len(self.problem.sites.site_id), dtype=np.bool_)
        here[sites] = True
        trial = self.best.copy()
        own = [n for n, line in trial.lines.items() if here[self.tables.site[line.offer]]]
        begin = [trial.remove(number) for number in own]
        mask = able & here[self.problem.offers.site][:, None]
        for line in begin:
            mask[line.offer, line.source] = True
        offers = np.flatnonzero(mask.any(axis=1))
        if not len(offers):
            return None
        rest = rest_of(trial, offers)
        offer, source = np.nonzero(mask[offers])
        place = {number: row for row, number in enumerate(offers.tolist())}
        pairs = [(place[line.offer], line.source) for line in begin]
        solved = solve_rest(
            rest, offer, source, begin=pairs, seconds=max(seconds, 0.1), stop=self._late, gap=GOOD
        )
        self._take(_opened(trial, solved, self.price, self._late), "program")
        return solved

    def _place(self, district: int) -> Ints:
        """Sites of a district; of a busy one, those around a random site's share."""
        sites = self.rng.permutation(np.flatnonzero(self.problem.sites.district == district))
        at = np.array([self.tables.site[line.offer] for line in self.best.lines.values()])
        held = np.bincount(at.astype(np.int64), minlength=len(self.problem.sites.site_id))
        enough = int(np.searchsorted(np.cumsum(held[sites]), PART_LINES)) + 1
        return sites[:enough]

    def _near(self, sites: Ints) -> float:
        """The reduced worth above which sites have as many columns as a program takes."""
        assert self.relaxed is not None  # noqa: S101
        here = self.relaxed.reduced[np.isin(self.problem.offers.site, sites)].ravel()
        least = np.partition(here, -PART)[-PART] if len(here) > PART else here.min(initial=0.0)
        return float(max(least, self.value - self.bound))

    def _take(self, draft: Draft, step: str, *, force: bool = False) -> None:
        value = draft.value
        if force or (value > self.value + EPS and floors_met(draft)):
            self.best, self.value = draft, value
            self._note(step)

    def _bounded(self, value: float, bound: float) -> None:
        if bound < self.bound - EPS:
            self.bound = bound
            self._note("bound")

    def _note(self, step: str) -> None:
        self.history.append((step, self._clock() - self._begun, self.value, self.bound))
        self.tell(step, self.value, self.bound)

    def _left(self) -> float:
        return self._seconds - (self._clock() - self._begun)

    def _over(self) -> bool:
        good = self.bound - self.value <= GOOD * max(1.0, abs(self.bound))
        return good or self._late()

    def _late(self) -> bool:
        return self._stop() or self._left() <= 0


LEAST_PRICE: Final = 1e-3
"""Prices below this are raised to it: what is free is still taken one after another by gain."""


def prices_of(rows: Rows, relaxed: Relaxed) -> Reals:
    """What a section takes, in worth, by offer and source; without staff, what it costs."""
    paid = rows.paid(relaxed.prices)
    return np.maximum(np.where(np.isfinite(paid), paid, rows.tables.section_cost), LEAST_PRICE)


def section_prices(plan: Plan) -> Reals:
    """The prices under which a plan was filled up, by offer and source."""
    draft = plan.draft
    if plan.relaxed is None:
        return np.maximum(draft.tables.section_cost, EPS)
    return prices_of(Rows(draft.problem, draft.tables), plan.relaxed)


def rounded(like: Draft, relaxed: Relaxed, price: Reals, up: float, until: Until) -> Draft:
    """The relaxation's amounts cut to whole sections, the nearest to whole first, and filled up."""
    draft = Draft(like.problem, like.tables)
    for number in np.argsort(-(relaxed.amount % 1.0), kind="stable").tolist():
        offer, source = int(relaxed.offer[number]), int(relaxed.source[number])
        for _ in range(int(relaxed.amount[number] + up)):
            draft.add(offer, source)
    return _finished(draft, price, until)


def _opened(draft: Draft, solved: Solved, price: Reals, until: Until) -> Draft:
    """A draft with the sections of a program, those with the fewest free rooms first."""
    free = draft.left()[0].clip(max=1).sum(axis=1)
    pairs = sorted(solved.chosen or (), key=lambda pair: int(free[draft.tables.site[pair[0]]]))
    for offer, source in pairs:
        draft.add(offer, source)
    return _finished(draft, price, until)


def _finished(draft: Draft, price: Reals, until: Until) -> Draft:
    meet_towns(draft, price)
    fill(draft, price, keep_balance=draft.balance >= 0, until=until)
    mend_balance(draft)
    fill(draft, price, keep_balance=True, until=until)
    return draft


def floors_met(draft: Draft) -> bool:
    """Whether the rural floor and those of the towns stand."""
    short = np.array(draft.towns) < draft.problem.limits.floor
    return draft.balance >= -EPS and not short.any()


def check_floors(draft: Draft) -> None:
    """Refuse a problem whose floors the first plan, made for them, can't meet.

    Raises:
        PlanningError: names the towns, or the rural share.
    """
    limits = draft.problem.limits
    short: list[int] = np.flatnonzero(np.array(draft.towns) < limits.floor).tolist()
    if short:
        names = ", ".join(limits.town[town] for town in short[:5])
        message = (
            f"{len(short)} of {len(limits.town)} towns can't get their floor of sections within "
            f"{limits.budget:,.0f} yuan, the rooms and the staff: {names}; raise the budget or "
            "lower the floor"
        )
        raise PlanningError(message)
    if draft.balance < -EPS:
        message = (
            f"no share of {limits.rural_share:.0%} of the seats can be at rural sites with the "
            "towns' floors and within the budget, the rooms and the staff"
        )
        raise PlanningError(message)
