"""What was said of a section, kept for whoever is told the same of it.

Most of what is true of a section is true for everybody of an age band or a district, so that a
sentence is looked for once and then found again.
"""

from typing import Final, NamedTuple

from recsys.explainers.claims import Claim, Section, Telling
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
"""What was said, by the number that decides, mostly the row; None where nothing true was."""


class Sayings:
    """The sentences of one offer, by factor and by what the learners told them have in common.

    Safe to use by many threads: whatever one of them loses, it looks for again.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[tuple[object, ...], Kept] = {}

    def __len__(self) -> int:
        """How many sentences are kept."""
        return sum(map(len, list(self._kept.values())))

    def make_room(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > KEPT:
            self._kept = {}

    def of(self, name: str, telling: Telling, query: LearnerQuery) -> "Teller":
        """Tells a factor to one learner."""
        if telling.reads is None:
            return Teller(telling, query.elder, None)
        key = (name, query.elder, *[getattr(query, field) for field in telling.reads])
        return Teller(telling, query.elder, self._kept.setdefault(key, {}))


class Teller:
    """Says what one factor's part in a section's score comes from."""

    __slots__ = ("_elder", "_kept", "_telling")

    def __init__(self, telling: Telling, elder: bool, kept: Kept | None) -> None:
        """Take what is asked, in which words, and what was said before; None keeps nothing."""
        self._telling = telling
        self._elder = elder
        self._kept = kept

    def say(self, section: Section) -> Saying | None:
        """What can truthfully be said; None where nothing can."""
        tell, _, by = self._telling
        if self._kept is None:
            return self._said(tell(section))
        key = section.row if by is None else by(section)
        if key is None:
            return None
        found = self._kept.get(key, UNSAID)
        if found is UNSAID:
            found = self._kept[key] = self._said(tell(section))
        return found

    def _said(self, claim: Claim | None) -> Saying | None:
        if claim is None:
            return None
        kind, evidence = claim
        return Saying(kind, *texts(kind, evidence, elder=self._elder), evidence)
