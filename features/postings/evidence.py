"""Whether two postings advertise one vacancy in different words: what speaks for it, in bits.

A repost by the same employer keeps what the vacancy is (who is sought, how many, for what pay)
and changes how it's told. Each trait adds the base-2 logarithm of how much likelier it is among
copies of a vacancy than among other postings of its employer (Fellegi and Sunter, 1969). The sum
must exceed what chance brings: a posting with n earlier rivals needs log2(1 + n) bits and a
margin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEVER: Final = -np.inf
"""Score of a pair that can't be one vacancy."""


@dataclass(frozen=True, slots=True)
class Bits:
    """How much each trait of a pair speaks for one vacancy; rounded logarithms of ratios.

    The ratios are guesses from how rare the values are (654 occupations, six values each of
    experience and education); they aren't fitted to the simulated city's copies.
    """

    same_title: float = 9.0
    """Titles that are equal once their calls are off: one of some 600 occupations."""
    like_title: float = 5.0
    """Titles that share half of their letters or more."""
    other_title: float = -2.0
    """Titles that share less: an occupation has several names, and here most differ."""
    shared_word: float = 2.0
    """Each rare word in both texts, up to ``most_words``."""
    most_words: int = 3
    """Rare words beyond these add nothing: they come from one name."""
    same_demand: float = 2.0
    """Experience, and again education, said alike."""
    silent_demand: float = 1.0
    """Neither posting says which experience, or education."""
    half_demand: float = -2.0
    """Only one says which experience, or education."""
    one_person: float = 0.5
    """Both seek one person, as most do, or neither says how many."""
    same_number: float = 3.0
    """Both seek the same number of persons, more than one."""
    half_number: float = -1.0
    """Only one says how many."""
    same_pay: float = 1.5
    """The lower ends of pay differ by at most ``pay_apart``."""
    other_pay: float = -4.0
    """They differ by more."""
    pay_apart: float = 0.15
    """Most relative difference of pay that still is the same, for units are converted."""
    other_board: float = 0.5
    """They stand on different sources."""
    margin: float = 2.0
    """Bits needed beyond log2(1 + rivals): odds of four to one."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of each posting, one entry each; n postings.

    Attributes:
        demands: (n, 2) codes of experience and education, -1 where unsaid.
        headcount: persons sought, -1 where unsaid.
        pay: lower end, yuan a month; nan where unknown.
        source: code of the board.
        title: code of the plain title.
    """

    demands: Ints
    headcount: Ints
    pay: Floats
    source: Ints
    title: Ints


def at_odds(values: Ints, one: Ints, other: Ints) -> Bools:
    """Whether both of each pair say something, and not the same."""
    left, right = values[one], values[other]
    return (left >= 0) & (right >= 0) & (left != right)


def surplus(
    traits: Traits, pairs: tuple[Ints, Ints], likeness: Floats, words: Ints, rivals: Ints, bits: Bits
) -> Floats:
    """Bits for one vacancy beyond those needed; above 0 the pair is one vacancy.

    Args:
        traits: of all postings.
        pairs: earlier and later posting of each pair, shape (p,).
        likeness: of their plain titles, 0-1.
        words: rare words they share.
        rivals: earlier postings that each pair's later one could be a copy of.
        bits: the weights.

    Returns:
        Shape (p,); minus infinity where they contradict each other, or nothing of what they
        are about is shared.
    """
    one, other = pairs
    same = traits.title[one] == traits.title[other]
    like = np.where(likeness >= 0.5, bits.like_title, bits.other_title)
    total = np.where(same, bits.same_title, like)
    total += bits.shared_word * np.minimum(words, bits.most_words)
    for column in range(traits.demands.shape[1]):
        total += _demand(traits.demands[:, column], one, other, bits)
    total += _number(traits.headcount, one, other, bits) + _pay(traits.pay, one, other, bits)
    total += np.where(traits.source[one] != traits.source[other], bits.other_board, 0.0)
    about = same | (likeness >= 0.5) | (words > 0)
    odds = at_odds(traits.headcount, one, other)
    for column in range(traits.demands.shape[1]):
        odds |= at_odds(traits.demands[:, column], one, other)
    return np.where(about & ~odds, total - bits.margin - np.log2(1.0 + rivals), NEVER)


def _demand(values: Ints, one: Ints, other: Ints, bits: Bits) -> Floats:
    left, right = values[one], values[other]
    silent = np.where(left < 0, bits.silent_demand, bits.same_demand)
    return np.where(left == right, silent, bits.half_demand)


def _number(headcount: Ints, one: Ints, other: Ints, bits: Bits) -> Floats:
    left, right = headcount[one], headcount[other]
    alike = np.where(left > 1, bits.same_number, bits.one_person)
    return np.where(left == right, alike, bits.half_number)


def _pay(pay: Floats, one: Ints, other: Ints, bits: Bits) -> Floats:
    left, right = pay[one], pay[other]
    apart = np.abs(left - right) / np.maximum(np.maximum(left, right), 1.0)
    told = np.where(apart <= bits.pay_apart, bits.same_pay, bits.other_pay)
    return np.where(np.isnan(apart), 0.0, told)
