"""The tables of the additive ranker: what each factor adds to the log odds of asking for a seat.

    log odds(asks | shown) = a + travel + slots + price + programme + topic + season + goal
                               + course + taste

Every term is a table over few cells, so that it can be read, drawn and ablated one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.vocab import CATEGORIES, PROGRAMMES, WORK_STATUSES
from recsys.columns import Reals
from recsys.errors import BundleError
from recsys.rankers.shelf import (
    AGE_FROM,
    BANDS,
    CIRCLES,
    GOALS,
    HOMES,
    MODES,
    PRICES,
    SLOTS,
    TOLD,
    WAYS,
    Words,
)
from recsys.stages import Arrays


@dataclass(frozen=True, slots=True)
class Tables:
    """Log odds by cell.

    Attributes:
        levels: log odds of asking (0) and of looking or asking (1) where every table is 0.
        travel: by home knowledge, travel mode, age group and class of journey.
        circle: by how the journey meets the longest that the learner likes.
        told: by how a section's slots meet the free slots told.
        price: by class of price.
        programme: by age band and programme.
        topic: by age band and topic.
        season: by term and category, flattened.
        goal: by how the course serves the goal.
        course: by course, 0 last for a course that nobody was shown.
        busy: log odds that a slot which isn't free takes away, above 0; shape (1,).
        free: share of people of each work status (unknown last) free in each slot.
        work_by_age: share of each work status in each age group.
        tastes: loadings of each topic on the latent tastes, (topics, tastes).
    """

    levels: Reals
    travel: Reals
    circle: Reals
    told: Reals
    price: Reals
    programme: Reals
    topic: Reals
    season: Reals
    goal: Reals
    course: Reals
    busy: Reals
    free: Reals
    work_by_age: Reals
    tastes: Reals

    def shapes(self, words: Words) -> Mapping[str, tuple[int, ...]]:
        """The shape that each table has to have, latent tastes apart."""
        ages, works, topics = len(AGE_FROM), len(WORK_STATUSES), len(words.topics)
        return {
            "levels": (2,),
            "travel": (len(HOMES) + 1, MODES, ages, WAYS),
            "circle": (CIRCLES,),
            "told": (TOLD,),
            "price": (PRICES,),
            "programme": (BANDS, len(PROGRAMMES) + 1),
            "topic": (BANDS, topics),
            "season": (len(words.terms) * (len(CATEGORIES) + 1),),
            "goal": (GOALS,),
            "course": (len(words.course_ids) + 1,),
            "busy": (1,),
            "free": (works, SLOTS),
            "work_by_age": (ages, works),
            "tastes": (topics, self.tastes.shape[-1]),
        }


@dataclass(frozen=True, slots=True)
class AdditiveModel:
    """A fitted additive ranker, as plain arrays.

    Attributes:
        words: what the tables are indexed by.
        tables: log odds.
    """

    words: Words
    tables: Tables

    def arrays(self) -> Arrays:
        """The fitted state, for the model bundle."""
        parts = (self.words, self.tables)
        return {f.name: getattr(part, f.name) for part in parts for f in fields(part)}

    @classmethod
    def load(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Restore the state that ``arrays`` gave.

        Raises:
            BundleError: an array is missing or of another shape than the others ask for.
        """
        missing = sorted({f.name for kind in (Words, Tables) for f in fields(kind)} - set(arrays))
        if missing:
            message = f"the additive ranker's arrays {missing} are missing"
            raise BundleError(message)
        words = Words(**{f.name: arrays[f.name] for f in fields(Words)})  # type: ignore[arg-type]  # checked by shape below
        tables = Tables(**{f.name: arrays[f.name] for f in fields(Tables)})  # type: ignore[arg-type]  # checked by shape below
        for name, shape in tables.shapes(words).items():
            if (found := getattr(tables, name).shape) != shape:
                message = f"the additive ranker's array {name!r} has shape {found}, not {shape}"
                raise BundleError(message)
        return cls(words, tables)
