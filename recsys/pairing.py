"""Sections paired with who asks: minutes, slots and age, worked out when they are asked for."""

from collections.abc import Mapping

import numpy as np

from features.pairs import Traveller
from features.slots import bits_of, share_free
from features.travel import ELDER_FROM
from recsys.columns import Index, Reals
from recsys.offer import Candidates, Derived, Offer
from recsys.types import LearnerQuery


def paired(query: LearnerQuery, offer: Offer, rows: Index | None = None) -> Candidates:
    """Sections paired with who asks: minutes now, the rest when it is asked for.

    Args:
        query: who asks.
        offer: the sections.
        rows: which of them, None for all.
    """
    minutes = offer.places.minutes(traveller(query), _held_at(offer, rows))
    return Candidates(offer, rows, derived=_derived(query), minutes=minutes)


def traveller(query: LearnerQuery) -> Traveller:
    """Who asks, as far as minutes depend on it."""
    elder = query.age_low is not None and query.age_low >= ELDER_FROM
    return Traveller(query.home, query.home_division_code, query.travel_mode, elder)


def _held_at(offer: Offer, rows: Index | None) -> Index | None:
    """The places of a few sections; None for all, which is as quick for many."""
    if rows is None or len(rows) > len(offer.places) // 4:
        return None
    return np.unique(offer.places.of_section[rows]).astype(np.intp)


def _derived(query: LearnerQuery) -> Mapping[str, Derived]:
    return {
        "travel_min": _travel_min,
        "slot_fit": lambda sections: _slot_fit(query, sections),
        "age_overlap": lambda sections: _age_overlap(query, sections),
    }


def _travel_min(sections: Candidates) -> Reals:
    minutes = sections.minutes
    if minutes is None:
        return np.full(len(sections), np.nan)
    found: Reals = minutes[sections.pick(sections.offer.places.of_section)]
    return found


def _slot_fit(query: LearnerQuery, sections: Candidates) -> Reals:
    """Share of each section's slots that are free; NaN where the learner didn't say."""
    free = query.usual_slots if query.free_slots is None else query.free_slots
    if free is None:
        return np.full(len(sections), np.nan)
    return share_free(sections.pick(sections.offer.slots), bits_of(free))


def _age_overlap(query: LearnerQuery, sections: Candidates) -> Reals:
    """1 where the learner's band and the section's limits share an age, else 0; NaN unknown."""
    if query.age_low is None or query.age_high is None:
        return np.full(len(sections), np.nan)
    too_young = sections["age_min"] > query.age_high
    return (~(too_young | (sections["age_max"] < query.age_low))).astype(np.float64)
