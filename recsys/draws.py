"""Draws that can be repeated: the same for one learner, one day and one purpose."""

import hashlib

import numpy as np

from data.vocab import CITY_TIME
from recsys.types import LearnerQuery


def draw(purpose: str, seed: int, query: LearnerQuery) -> np.random.Generator:
    """A generator that depends on who asks and on the city's day, and on nothing else.

    With personalisation off the query names nobody, so that all such learners share a draw.

    Args:
        purpose: keeps draws for different purposes apart.
        seed: of the policy.
        query: who asks, and when.
    """
    day = query.as_of.astimezone(CITY_TIME).date()
    words = f"{purpose}|{seed}|{query.learner_id or ''}|{day}"
    digest = hashlib.sha256(words.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
