"""The event log under construction: columns of numbers, ids only at the end."""

from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.terms.exposure import OLD_PAGE, UNIFORM
from data.vocab import EVENT_TYPES, SURFACES

HOME: Final = SURFACES.index("home")
COURSE_PAGE: Final = SURFACES.index("course_page")
NOWHERE: Final = -1

_DTYPES: Final[Mapping[str, type[np.generic]]] = MappingProxyType(
    {
        "learner": np.int64,
        "section": np.int64,
        "at": np.int64,
        "value": np.float64,
        "list": np.int64,
        "position": np.int64,
        "propensity": np.float64,
        "uniform": np.int8,
    }
)
_ABSENT: Final[Mapping[str, float]] = MappingProxyType(
    {"value": np.nan, "list": -1, "position": 0, "propensity": np.nan, "uniform": -1}
)


class Log:
    """Collects events of all terms as arrays; ``section`` numbers run over all terms."""

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
            columns: value, list, position, propensity or uniform.
        """
        n = len(learner)
        chunk: dict[str, NDArray[np.generic]] = {"learner": learner, "section": section, "at": at}
        chunk |= {name: np.full(n, absent) for name, absent in _ABSENT.items()} | columns
        chunk = {name: chunk[name].astype(dtype) for name, dtype in _DTYPES.items()}
        chunk["kind"] = np.full(n, EVENT_TYPES.index(kind), dtype=np.int8)
        chunk["surface"] = np.full(n, surface, dtype=np.int8)
        self._chunks.append(chunk)

    def rows(
        self, learners: pl.Series, sections: pl.Series, courses: pl.Series, rng: np.random.Generator
    ) -> pl.DataFrame:
        """The contract table ``events`` in the order of time.

        Args:
            learners: learner ids.
            sections: section ids by number.
            courses: course id of each section.
            rng: draws the event ids.
        """
        frame = pl.DataFrame(
            {
                name: np.concatenate([chunk[name] for chunk in self._chunks])
                for name in self._chunks[0]
            }
        ).sort("at", "learner", "kind", "position", maintain_order=True)
        return frame.select(
            uuids(frame.height, rng).alias("event_id"),
            learners.gather(frame["learner"]).alias("learner_id"),
            courses.gather(frame["section"]).alias("course_id"),
            sections.gather(frame["section"]).alias("section_id"),
            _named(frame["kind"], EVENT_TYPES).alias("type"),
            pl.col("at").cast(pl.Datetime("us", str(UTC))).alias("occurred_at"),
            pl.col("value").fill_nan(None),
            _named(frame["surface"], SURFACES).alias("surface"),
            _known("list", "list-" + pl.col("list").cast(pl.String)).alias("list_id"),
            pl.when(pl.col("position") > 0).then("position").alias("position"),
            pl.col("propensity").fill_nan(None),
            _named(frame["uniform"], (OLD_PAGE, UNIFORM)).alias("policy"),
        )


def uuids(n: int, rng: np.random.Generator) -> pl.Series:
    """Random version-4 uuids as text, n of them."""
    raw = np.frombuffer(rng.bytes(16 * n), dtype=np.uint8).reshape(n, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = (
        pl.Series([raw.tobytes().hex()])
        .str.extract_all("[0-9a-f]{32}")
        .explode(empty_as_null=False)
    )
    part = pl.col("hex").str
    parts = (
        part.slice(0, 8),
        part.slice(8, 4),
        part.slice(12, 4),
        part.slice(16, 4),
        part.slice(20),
    )
    return digits.to_frame("hex").select(pl.concat_str(*parts, separator="-")).to_series()


def _known(column: str, value: pl.Expr) -> pl.Expr:
    """The value where the column isn't negative."""
    return pl.when(pl.col(column) >= 0).then(value)


def _named(index: pl.Series, names: tuple[str, ...]) -> pl.Series:
    """Indices as a closed vocabulary; negative ones are null."""
    known = index.set(index < 0, None).cast(pl.UInt32)
    return pl.Series(names, dtype=pl.Enum(names)).gather(known)
