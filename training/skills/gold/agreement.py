"""How far two annotations of the same postings agree."""

from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from training.skills.gold.load import NEW, Annotations, Mention

Thing = TypeVar("Thing")

Pair = tuple[str, str]
"""A posting's key and a skill_id."""

Span = tuple[str, int, int, str]
"""A posting's key, start, end and skill_id."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one annotation finds of another's, in counts.

    Ratios are None where nothing is there to divide by: nothing found is not nothing right.
    """

    both: int
    """Found by both."""
    ours: int
    """Found by the annotation judged."""
    theirs: int
    """Found by the annotation held to be right."""

    @property
    def precision(self) -> float | None:
        """Both / ours, 0 to 1; the share of ours that they found too.

        >>> Agreement(both=3, ours=4, theirs=6).precision
        0.75
        """
        return self.both / self.ours if self.ours else None

    @property
    def recall(self) -> float | None:
        """Both / theirs, 0 to 1; the share of theirs that we found.

        >>> Agreement(both=3, ours=4, theirs=6).recall
        0.5
        """
        return self.both / self.theirs if self.theirs else None

    @property
    def f1(self) -> float | None:
        """2 both / (ours + theirs), 0 to 1; the same whoever is held to be right.

        >>> Agreement(both=3, ours=4, theirs=6).f1
        0.6
        """
        total = self.ours + self.theirs
        return 2 * self.both / total if total else None


def compare(ours: AbstractSet[Thing], theirs: AbstractSet[Thing]) -> Agreement:
    """Count what two sets share.

    >>> compare({1, 2}, {2, 3, 4})
    Agreement(both=1, ours=2, theirs=3)
    """
    return Agreement(len(ours & theirs), len(ours), len(theirs))


def in_vocabulary(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions of skills that the vocabulary has; the others are counted apart.

    >>> named = [Mention("p", 0, 4, "java"), Mention("p", 5, 8, "new:lua")]
    >>> [mention.skill_id for mention in in_vocabulary(named)]
    ['java']
    """
    return [mention for mention in mentions if not mention.skill_id.startswith(NEW)]


def pairs(mentions: Iterable[Mention]) -> set[Pair]:
    """Each skill once a posting, however often it is named.

    >>> pairs([Mention("p", 0, 4, "java"), Mention("p", 9, 13, "java")])
    {('p', 'java')}
    """
    return {(mention.key, mention.skill_id) for mention in mentions}


def spans(mentions: Iterable[Mention]) -> set[Span]:
    """Each mention with its exact place, without its level.

    >>> spans([Mention("p", 0, 4, "java", 3)])
    {('p', 0, 4, 'java')}
    """
    return {(each.key, each.start, each.end, each.skill_id) for each in mentions}


def agreement(
    ours: Annotations,
    theirs: Annotations,
    what: Callable[[Iterable[Mention]], set[Thing]],
) -> Agreement:
    """Agreement on the postings that both looked at, over skills of the vocabulary.

    Args:
        ours: the annotation judged.
        theirs: the annotation held to be right.
        what: what has to be the same: ``pairs`` or ``spans``.

    Returns:
        Counts with precision, recall and F1.

    >>> a = Annotations(frozenset("pq"), (Mention("p", 0, 4, "java"), Mention("q", 0, 3, "sql")))
    >>> b = Annotations(frozenset("p"), (Mention("p", 5, 9, "java"),))
    >>> agreement(a, b, pairs), agreement(a, b, spans).both
    (Agreement(both=1, ours=1, theirs=1), 0)
    """
    shared = ours.keys & theirs.keys
    mine, others = (
        what(in_vocabulary(m for m in each.mentions if m.key in shared)) for each in (ours, theirs)
    )
    return compare(mine, others)


def cohens_kappa(
    ours: AbstractSet[Pair], theirs: AbstractSet[Pair], candidates: Collection[Pair]
) -> float | None:
    """Agreement beyond chance on yes-or-no decisions (Cohen 1960).

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the share of candidates on which both say the
    same, and p_e what two independent annotators with the same shares of yes would reach. A
    candidate is a pair that the text makes one think of: each skill with a name in the posting.

    Args:
        ours: the pairs that one annotation affirms.
        theirs: the pairs that the other affirms.
        candidates: the pairs decided on; pairs affirmed outside of them don't count.

    Returns:
        1 for full agreement, 0 for chance, below 0 for less; None where there is no candidate or
        chance alone gives full agreement.

    >>> deck = [("p", "a"), ("p", "b"), ("p", "c"), ("p", "d")]
    >>> cohens_kappa({("p", "a"), ("p", "b")}, {("p", "a"), ("p", "c")}, deck)
    0.0
    >>> cohens_kappa({("p", "a"), ("p", "b")}, {("p", "a"), ("p", "b")}, deck)
    1.0
    """
    deck = set(candidates)
    if not deck:
        return None
    yes, others_yes = len(ours & deck) / len(deck), len(theirs & deck) / len(deck)
    observed = 1 - len((ours ^ theirs) & deck) / len(deck)
    chance = yes * others_yes + (1 - yes) * (1 - others_yes)
    return (observed - chance) / (1 - chance) if chance < 1 else None


def level_agreement(ours: Iterable[Mention], theirs: Iterable[Mention]) -> tuple[int, int]:
    """Spans that both found and gave the same level (or none), and spans that both found.

    >>> level_agreement([Mention("p", 0, 4, "java", 3)], [Mention("p", 0, 4, "java", 2)])
    (0, 1)
    """
    mine, others = _levels(ours), _levels(theirs)
    shared = mine.keys() & others.keys()
    return sum(mine[span] == others[span] for span in shared), len(shared)


def _levels(mentions: Iterable[Mention]) -> dict[Span, int | None]:
    """Level by span."""
    return {(each.key, each.start, each.end, each.skill_id): each.level for each in mentions}
