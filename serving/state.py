"""What a process holds to answer from: one snapshot, one bundle, one event log, one clock.

A ``State`` is never changed; a new snapshot or model is a new ``State``, put into the ``Holder``
in one step, while requests that hold the old one finish with it.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from data.city import City
from data.ledger import Ledger
from data.store import open_snapshot
from data.tables import TABLES
from data.unmet import UnmetLedger
from features.asof import snapshot_instant
from recsys.artifact import Bundle, load_bundle
from recsys.paths.planner import Planner
from recsys.pipeline.recommender import Recommender
from recsys.settled import settle
from serving.catalogue import Catalogue
from serving.clock import Clock, Wall, choose_clock
from serving.errors import NotReadyError
from serving.past import Past
from serving.planning.tables import PlannerTables
from serving.prices import read_prices
from serving.settings import Settings
from serving.unmet import Notebook, Towns

_JUST_BEFORE: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class State:
    """Everything loaded.

    Attributes:
        snapshot_id: the tables in use.
        bundle: the model in use.
        recommender: the decision pipeline over both.
        planner: leads to occupations and skills.
        tables: what planners ask, made when first asked for.
        catalogue: the sections as they are shown.
        course_ids: the courses of the pool.
        past: what learners were shown or did.
        ledger: the event log; None offline, where only the snapshot speaks.
        clock: what time it is.
        data_as_of: the latest fact in the tables.
        unmet: counts what is asked for and not found; None offline, where nobody asks.
    """

    snapshot_id: str
    bundle: Bundle
    recommender: Recommender
    planner: Planner
    tables: PlannerTables
    catalogue: Catalogue
    course_ids: frozenset[str]
    past: Past
    ledger: Ledger | None
    clock: Clock
    data_as_of: datetime
    unmet: Notebook | None = None

    def new_events(self, learner_id: str, moment: datetime) -> pl.DataFrame:
        """A learner's events from the log, all before the moment.

        The log may hold events that a nightly import has taken into the snapshot since; the
        pipeline counts each ``event_id`` once. An event counts from when it was acknowledged:
        one whose time a sender's clock puts ahead of ours, or ahead of a clock that stands
        still, counts as just past.

        Raises:
            LedgerError: the event log can't be read.
        """
        if self.ledger is None:
            return TABLES["events"].create_empty()
        events = self.ledger.events_of(learner_id)
        latest = pl.lit(moment - _JUST_BEFORE, dtype=events.schema["occurred_at"])
        return events.with_columns(pl.min_horizontal("occurred_at", latest))


class Holder:
    """Where requests find the current state; replaced in one step, never changed."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._state: State | None = None

    def put(self, state: State) -> None:
        """Answer from this state from now on."""
        self._state = state

    def current(self) -> State:
        """The state in use.

        Raises:
            NotReadyError: nothing is loaded yet.
        """
        if self._state is None:
            message = "the snapshot and the model are being loaded"
            raise NotReadyError(message)
        return self._state

    def flush(self) -> None:
        """Write the counts that wait in memory."""
        if self._state is not None and self._state.unmet is not None:
            self._state.unmet.flush()

    def close(self) -> None:
        """Write what waits, and let go of the state and of its connections."""
        state, self._state = self._state, None
        if state is None:
            return
        state.tables.kept.close()
        if state.unmet is not None:
            state.unmet.close()
        if state.ledger is not None:
            state.ledger.close()


def load_state(settings: Settings, wall: Wall) -> State:
    """Open the snapshot, the bundle, the event log and the counts that the settings name.

    Raises:
        StoreError: no snapshot there, or a damaged one.
        BundleError: no bundle there, or a damaged one.
        LedgerError: the event log or the unmet-demand ledger can't be opened.
    """
    city, bundle = open_snapshot(settings.snapshot), load_bundle(settings.bundle)
    ledger = Ledger(settings.ledger, busy_timeout_s=settings.ledger_timeout_s)
    clock = choose_clock(settings.clock, city, bundle.manifest.as_of, wall)
    unmet = UnmetLedger(settings.unmet_file, busy_timeout_s=settings.ledger_timeout_s)
    state = build_state(city, bundle, ledger, clock, read_prices(settings.prices))
    _warm(city, state.recommender)
    settle()
    return replace(state, unmet=Notebook(unmet, Towns.of_city(city, clock.now())))


def _warm(city: City, recommender: Recommender) -> None:
    """Answer once for nobody and once for somebody, so that no caller waits for first uses."""
    somebody = city.scan("learners").select("learner_id").head(1).collect()["learner_id"]
    for learner in (None, *somebody):
        recommender.recommend(recommender.query(learner))


def build_state(
    city: City,
    bundle: Bundle,
    ledger: Ledger | None,
    clock: Clock,
    prices: pl.DataFrame | None = None,
) -> State:
    """Prepare everything that answers share; the snapshot is read here, not per request."""
    as_of = clock.now()
    return State(
        snapshot_id=city.snapshot_id,
        bundle=bundle,
        recommender=Recommender(
            city,
            as_of,
            bundle.scorers,
            bundle.policies,
            ranker=bundle.ranker,
            completion=bundle.completion,
            prices=prices,
        ),
        planner=Planner(city, as_of, time.monotonic),
        tables=PlannerTables.of_city(city, as_of),
        catalogue=Catalogue.of_city(city, as_of),
        course_ids=frozenset(city.scan("courses").select("course_id").collect()["course_id"]),
        past=Past.of_city(city, as_of),
        ledger=ledger,
        clock=clock,
        data_as_of=min(snapshot_instant(city) or bundle.manifest.as_of, as_of),
    )


def offline_state(
    snapshot: Path, bundle: Path, as_of: datetime | None, prices: pl.DataFrame | None = None
) -> State:
    """A state without an event log, at a given moment or at the bundle's cut-off.

    Raises:
        StoreError: no snapshot there, or a damaged one.
        BundleError: no bundle there, or a damaged one.
    """
    city, model = open_snapshot(snapshot), load_bundle(bundle)
    moment = as_of or model.manifest.as_of
    clock = Clock(lambda: moment, standing=moment, announced=False)
    return build_state(city, model, None, clock, prices)
