"""A trained bundle as the page of a simulated city's next terms.

    terms so far ──▶ tables, as an import would keep them ──▶ Recommender at the term's opening
                                                                        │
    applications, seats, completions  ◀── the simulator ◀── GivenPage ◀─┘

The model is not trained again between the terms: what is seen is what its lists do to the log
that the next model would learn from.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from data.simulate.build import Layout, State, tables_before
from data.simulate.files.forms import conformed
from data.simulate.pool.sections import Sections
from data.simulate.terms.exposure import MAX_SHOWN
from data.simulate.terms.given import GivenPage
from data.simulate.terms.tables import section_ids
from recsys.artifact import Bundle
from recsys.batch import Lists, batch

OPENED: Final = timedelta(seconds=1)
"""Lists are made this long after applications open: nobody has applied yet."""

Done = Callable[[int, int], None]
"""Told how many learners have their lists, of how many."""


class ModelDriver:
    """Makes the page of each driven term from all that the city's tables hold then.

    Args:
        bundle: a model trained on the same city: same preset, settings and seed.
        done: told as lists are made.
    """

    def __init__(self, bundle: Bundle, done: Done | None = None) -> None:
        self._bundle = bundle
        self._done = done

    def __call__(self, laid: Layout, state: State, planned: Sections) -> GivenPage:
        """The lists of all learners registered by the opening of the term."""
        tables = tables_before(laid, state, planned)
        city = City({name: conformed(name, frame).lazy() for name, frame in tables.items()})
        moment = planned.term.opens_at + OPENED
        lists = Lists(city, self._bundle, moment, n=MAX_SHOWN)
        present = _registered(laid.learners, moment)
        made = 0

        def told(learners: int) -> None:
            nonlocal made
            made += learners
            if self._done:
                self._done(made, len(present))

        found = batch(lists, present, told)
        name = f"model-{self._bundle.manifest.model_version}"
        return GivenPage(name, _as_indices(found, laid.ids, section_ids(planned)))


def _registered(learners: pl.DataFrame, moment: datetime) -> list[str]:
    known = learners.filter(pl.col("registered_at") <= moment.astimezone(UTC))
    return known["learner_id"].to_list()


def _as_indices(found: pl.DataFrame, learners: pl.Series, sections: pl.Series) -> NDArray[np.int64]:
    """Lists by learner number; -1 where a list is short or absent."""
    rows = pl.DataFrame({"learner_id": learners}).with_row_index("learner")
    columns = pl.DataFrame({"section_id": sections}).with_row_index("section")
    placed = found.join(rows, on="learner_id").join(columns, on="section_id")
    lists = np.full((len(learners), MAX_SHOWN), -1, dtype=np.int64)
    place = placed["rank"].to_numpy() - 1
    lists[placed["learner"].to_numpy(), place] = placed["section"].to_numpy()
    return lists
