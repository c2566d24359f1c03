"""The contract table of sections."""

from collections.abc import Sequence
from datetime import UTC

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import pick
from data.simulate.people.people import SLOTS
from data.simulate.pool.course_tables import course_id
from data.simulate.pool.sections import FEATURES, MODES, RULES, Sections, section_id
from data.simulate.pool.timetable import Masks


def section_rows(
    sections: Sections,
    state: NDArray[np.str_],
    enrolled: NDArray[np.int64],
    teachers: Sequence[str | None],
) -> pl.DataFrame:
    """The contract table ``sections`` of one term.

    Args:
        sections: the term's sections.
        state: state of each section at the cut-off.
        enrolled: seats taken, or applicants where a lottery takes applications.
        teachers: id of each section's teacher, None where nobody could be found.
    """
    numbers = range(sections.first, sections.first + len(sections))
    return pl.DataFrame(
        {
            "section_id": [section_id(number) for number in numbers],
            "course_id": [course_id(number) for number in sections.course.tolist()],
            "venue_id": [f"venue-{v:05d}" if v >= 0 else None for v in sections.venue.tolist()],
            "term": [sections.term.name] * len(sections),
            "mode": pick(MODES, sections.mode),
            "slots": _slot_names(sections.slots),
            "starts_on": pl.Series(sections.starts).cast(pl.Int32).cast(pl.Date),
            "ends_on": pl.Series(sections.ends).cast(pl.Int32).cast(pl.Date),
            "capacity": sections.capacity,
            "min_to_open": pl.Series(
                [m if m >= 0 else None for m in sections.minimum.tolist()], dtype=pl.Int64
            ),
            "apply_opens_at": pl.Series(sections.opens).cast(pl.Datetime("us", str(UTC))),
            "apply_closes_at": pl.Series(sections.closes).cast(pl.Datetime("us", str(UTC))),
            "rule": pick(RULES, sections.rule),
            "price_fen": sections.price_fen,
            "subsidy_fen": sections.subsidy_fen,
            "teacher_id": pl.Series(teachers, dtype=pl.String),
            "state": state.tolist(),
            "enrolled": enrolled,
            **{
                name: pl.Series(
                    [
                        None if known < 0 else bool(known)
                        for known in sections.features[:, column].tolist()
                    ],
                    dtype=pl.Boolean,
                )
                for column, name in enumerate(FEATURES)
            },
        }
    )


def _slot_names(masks: Masks) -> pl.Series:
    """Lists of slots such as 3E; each different mask is spelt once."""
    kinds, which = np.unique(masks, return_inverse=True)
    names = [[slot for bit, slot in enumerate(SLOTS) if mask >> bit & 1] for mask in kinds.tolist()]
    return pl.Series(names, dtype=pl.List(pl.String)).gather(which)
