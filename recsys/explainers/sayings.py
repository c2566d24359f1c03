"""What was said of a section, kept for whoever is told the same of it.

Most of what is true of a section is true for everybody of an age band or a district, so that a
sentence is looked for once and then found again.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from recsys.explainers.claims import CLAIMS, SILENT, Section, Telling
from recsys.explainers.spread import Spread
from recsys.explainers.words import Evidence, texts
from recsys.types import LearnerQuery

KEPT: Final = 2**15
"""Most sentences of one offer that are kept, each of about half a kilobyte."""


class Saying(NamedTuple):
    """One reason without its weight.

    Attributes:
        kind: of the reason.
        text_zh: in Chinese.
        text_en: in English.
        evidence: the figures that the sentences rest on.
    """

    kind: str
    text_zh: str
    text_en: str
    evidence: Evidence


UNSAID: Final = Saying("", "", "", {})
"""In place of what wasn't looked for yet."""

Kept = dict[int, Saying | None]
"""What was said, by the number that decides, mostly the row; None where nothing true was, which
is known of ``SILENT`` from the start."""


class Sayings:
    """The sentences of one offer, by factor and by what the learners told them have in common.

    Safe to use by many threads: whatever one of them loses, it looks for again.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[tuple[object, ...], Kept] = {}

    def __len__(self) -> int:
        """How many sentences are kept."""
        return sum(len(each) - 1 for each in list(self._kept.values()))

    def make_room(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > KEPT:
            self._kept = {}

    def of(self, name: str, telling: Telling, query: LearnerQuery) -> Kept | None:
        """What was said before of a factor to those who are told the same; None keeps nothing."""
        if telling.reads is None:
            return None
        key = (name, query.elder, *[getattr(query, field) for field in telling.reads])
        return self._kept.setdefault(key, {SILENT: None})


class Teller:
    """Says what one factor's part in a section's score comes from.

    Attributes:
        keys: by section of the block, the number that decides what is said of it.
        said: what was said before, by that number; empty where everybody is told anew.
    """

    __slots__ = ("_elder", "_keeps", "_telling", "keys", "said")

    def __init__(
        self, telling: Telling, keys: Sequence[int], kept: Kept | None, *, elder: bool
    ) -> None:
        """Take what is asked, and in which words.

        Args:
            telling: of the factor.
            keys: by section of the block, the number that decides what is said of it.
            kept: what was said before, by that number; None keeps nothing.
            elder: whether plain words are wanted.
        """
        self.keys = keys
        self.said: Kept = {} if kept is None else kept
        self._keeps = kept is not None
        self._telling = telling
        self._elder = elder

    def say(self, section: Section) -> Saying | None:
        """What can truthfully be said, for the first time; None where nothing can."""
        claim = self._telling.tell(section)
        saying = None
        if claim is not None:
            kind, evidence = claim
            saying = Saying(kind, *texts(kind, evidence, elder=self._elder), evidence)
        if self._keeps:
            self.said[self.keys[section.at]] = saying
        return saying


_ALIKE: Final = attrgetter(
    *sorted({field for each in CLAIMS.values() for field in each.reads or ()})
)
"""What learners have in common who are told the same of every factor."""


class Tellers:
    """Who tells the factors of a block of lists, for each learner; the same for those alike."""

    def __init__(self, names: Sequence[str], spread: Spread, sayings: Sayings) -> None:
        """Take the factors, in order, and the lists."""
        self._names = names
        self._sayings = sayings
        rows: list[int] = spread.rows.tolist()
        self._keys: dict[str, Sequence[int]] = {
            name: rows if (by := CLAIMS[name].by) is None else by(spread).tolist()
            for name in names
            if name in CLAIMS
        }
        self._made: dict[tuple[object, ...], Sequence[Teller | None]] = {}

    def of(self, query: LearnerQuery) -> Sequence[Teller | None]:
        """A teller for each factor; None of whom nothing can ever be said."""
        alike = (query.elder, *_ALIKE(query))
        if alike not in self._made:
            self._made[alike] = [self._teller(name, query) for name in self._names]
        return self._made[alike]

    def _teller(self, name: str, query: LearnerQuery) -> Teller | None:
        if name not in self._keys:
            return None
        telling = CLAIMS[name]
        kept = self._sayings.of(name, telling, query)
        return Teller(telling, self._keys[name], kept, elder=query.elder)
