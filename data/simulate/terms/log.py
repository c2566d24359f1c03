"""The event log under construction: one term at a time, in columns of numbers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocab import EVENT_TYPES, SURFACES

HOME: Final = SURFACES.index("home")
COURSE_PAGE: Final = SURFACES.index("course_page")
NOWHERE: Final = -1

_DTYPES: Final[Mapping[str, type[np.generic]]] = MappingProxyType(
    {
        "learner": np.int32,
        "section": np.int32,
        "at": np.int64,
        "value": np.float32,
        "listed": np.int8,
        "position": np.int8,
        "propensity": np.float64,
        "uniform": np.int8,
    }
)
_ABSENT: Final[Mapping[str, float]] = MappingProxyType(
    {"value": np.nan, "listed": 0, "position": 0, "propensity": np.nan, "uniform": -1}
)


class Log:
    """Collects the events of a term as arrays; ``section`` numbers run over all terms."""

    def __init__(self) -> None:
        self._chunks: list[dict[str, NDArray[np.generic]]] = []

    def add(
        self,
        kind: str,
        surface: int,
        *,
        learner: NDArray[np.int64],
        section: NDArray[np.int64],
        at: NDArray[np.int64],
        **columns: NDArray[np.generic],
    ) -> None:
        """Add events of one type; columns left out are unknown.

        Args:
            kind: closed vocabulary of event types.
            surface: index into ``SURFACES``, -1 for none.
            learner: learner indices.
            section: section numbers over all terms.
            at: microseconds since 1970.
            columns: value, listed (1 where a list led to it), position, propensity or uniform.
        """
        n = len(learner)
        chunk: dict[str, NDArray[np.generic]] = {"learner": learner, "section": section, "at": at}
        chunk |= {name: np.full(n, absent) for name, absent in _ABSENT.items()} | columns
        chunk = {name: chunk[name].astype(dtype) for name, dtype in _DTYPES.items()}
        chunk["kind"] = np.full(n, EVENT_TYPES.index(kind), dtype=np.int8)
        chunk["surface"] = np.full(n, surface, dtype=np.int8)
        self._chunks.append(chunk)

    def take(self) -> pl.DataFrame:
        """The events so far in the order of time, as numbers; the log is empty then."""
        chunks, self._chunks = self._chunks, []
        columns = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
        del chunks
        # the keys name an event: no order is left to chance
        return pl.DataFrame(columns).sort("at", "learner", "kind", "position", "section")
