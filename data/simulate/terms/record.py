"""What learners have completed: pairs of learner and course, looked up by the million."""

import numpy as np
from numpy.typing import NDArray


class Record:
    """A growing set of completed (learner, course) pairs."""

    def __init__(self, courses: int) -> None:
        self._courses = courses
        self._keys: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, learner: NDArray[np.int64], course: NDArray[np.int64]) -> None:
        """Remember completed pairs; repeats are harmless."""
        self._keys = np.union1d(self._keys, learner * self._courses + course)

    def copy(self) -> "Record":
        """The pairs so far; what is added later stays out."""
        same = Record(self._courses)
        same._keys = self._keys
        return same

    def completed(self, learner: NDArray[np.int64], course: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each learner has completed each course."""
        keys = learner * self._courses + course
        if not len(self._keys):
            return np.zeros(len(keys), dtype=bool)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found: NDArray[np.bool_] = self._keys[at] == keys
        return found
