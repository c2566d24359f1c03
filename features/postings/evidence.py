"""Whether two postings advertise one vacancy in different words: what speaks for it, in bits.

A repost by the same employer keeps what the vacancy is (who is sought, how many, for what pay)
and changes how it's told. Each trait adds the base-2 logarithm of how much likelier it is among
copies of a vacancy than among other postings of its employer (fellegi1969theory). The sum
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

LIKE: Final = 0.5
"""Titles are alike from this likeness on: they share half of their letters."""

NEVER: Final = -np.inf
"""Score of a pair that can't be one vacancy."""


@dataclass(frozen=True, slots=True)
class Bits:
    """How much each trait of a pair speaks for one vacancy; rounded logarithms of ratios.

    The ratios are guesses from how rare the values are (654 occupations, six values each of
    experience and education); they aren't fitted to the simulated city's copies.
    """

    same_title: float = 7.0
    """Titles that are equal once their calls are off: some 600 occupations, not all as common."""
    same_work: float = 6.0
    """Titles that differ but name one occupation: an occupation has several names."""
    like_title: float = 2.0
    """Titles that share half of their letters or more."""
    other_title: float = -2.0
    """Titles that share less: an occupation has several names, and here most differ."""
    titled_word: float = 0.5
    """Each rare word in both texts of one work, which leads to some by itself."""
    most_titled: int = 6
    """Rare words beyond these add nothing for one work."""
    shared_word: float = 2.0
    """Each rare word in both texts, where nothing says that the work is one."""
    most_words: int = 3
    """Rare words beyond these add nothing there: they come from one name."""
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
    other_board: float = 1.0
    """They stand on different sources: reach is why a vacancy is posted again."""
    same_board: float = -1.0
    """They stand on one source, where a refresh is the usual way up."""
    lag_days: float = 7.0
    """Mean days from one posting of a vacancy to another, exponentially distributed; others of
    the employer come evenly over ``even_days``."""
    agency_lag_days: float = 14.0
    """The same between agencies, which join in for as long as a vacancy is open."""
    even_days: float = 60.0
    """The window within which postings are compared."""
    margin: float = 3.0
    """Bits needed beyond log2(1 + rivals): odds of eight to one."""
    agency_margin: float = 4.0
    """Bits needed so between two companies: an agency's vacancy seldom is another's as well."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of each posting, one entry each; n postings.

    Attributes:
        demands: (n, 2) codes of experience and education, -1 where unsaid.
        headcount: persons sought, -1 where unsaid.
        pay: lower end, yuan a month; nan where unknown.
        source: code of the board.
        title: code of the plain title.
        work: code of the occupation or another group of work, -1 where unknown.
        day: posted_on as a number, from 0 on.
    """

    demands: Ints
    headcount: Ints
    pay: Floats
    source: Ints
    title: Ints
    work: Ints
    day: Ints


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of postings and what their texts share, one entry each; p pairs.

    Attributes:
        one: index of the earlier posting.
        other: index of the later posting.
        own: whether both are by one employer; else by agencies.
        likeness: of their plain titles, 0-1.
        words: rare words in both.
        rivals: earlier postings that the later one could be a copy of.
    """

    one: Ints
    other: Ints
    own: Bools
    likeness: Floats
    words: Ints
    rivals: Ints


def at_odds(values: Ints, one: Ints, other: Ints) -> Bools:
    """Whether both of each pair say something, and not the same."""
    left, right = values[one], values[other]
    odds: Bools = (left >= 0) & (right >= 0) & (left != right)
    return odds


def surplus(traits: Traits, pairs: Compared, bits: Bits) -> Floats:
    """Bits for one vacancy beyond those needed; above 0 the pair is one vacancy.

    Returns:
        Shape (p,), higher is surer; minus infinity where two postings contradict each other, or
        share nothing of what the work is about.
    """
    one, other = pairs.one, pairs.other
    same = traits.title[one] == traits.title[other]
    work = (traits.work[one] == traits.work[other]) & (traits.work[one] >= 0)
    about = same | work | (pairs.likeness >= LIKE) | (pairs.words > 0)
    total = _about(same, work, pairs, bits)
    for values in traits.demands.T:
        total += _demand(values[one], values[other], bits)
        about &= ~at_odds(values, one, other)
    total += _number(traits.headcount[one], traits.headcount[other], bits)
    total += _pay(traits.pay[one], traits.pay[other], bits)
    total += _time(traits.day[other] - traits.day[one], pairs.own, bits)
    total += np.where(traits.source[one] != traits.source[other], bits.other_board, bits.same_board)
    needed = np.where(pairs.own, bits.margin, bits.agency_margin) + np.log2(1.0 + pairs.rivals)
    possible = about & ~at_odds(traits.headcount, one, other)
    return np.where(possible, total - needed, NEVER)


def _about(same: Bools, work: Bools, pairs: Compared, bits: Bits) -> Floats:
    """What title, occupation and words say of the work."""
    title = np.where(pairs.likeness >= LIKE, bits.like_title, bits.other_title)
    words = bits.shared_word * np.minimum(pairs.words, bits.most_words)
    titled = bits.titled_word * np.minimum(pairs.words, bits.most_titled)
    named = np.where(same, bits.same_title, bits.same_work) + titled
    return np.where(same | work, named, title + words)


def _demand(left: Ints, right: Ints, bits: Bits) -> Floats:
    alike = np.where(left < 0, bits.silent_demand, bits.same_demand)
    return np.where(left == right, alike, bits.half_demand)


def _number(left: Ints, right: Ints, bits: Bits) -> Floats:
    alike = np.where(left > 1, bits.same_number, bits.one_person)
    return np.where(left == right, alike, bits.half_number)


def _pay(left: Floats, right: Floats, bits: Bits) -> Floats:
    apart = np.abs(left - right) / np.maximum(np.maximum(left, right), 1.0)
    told = np.where(apart <= bits.pay_apart, bits.same_pay, bits.other_pay)
    return np.where(np.isnan(apart), 0.0, told)


def _time(days: Ints, own: Bools, bits: Bits) -> Floats:
    """Logarithm of the exponential density over the even one."""
    lag = np.where(own, bits.lag_days, bits.agency_lag_days)
    told: Floats = np.log2(bits.even_days / lag) - days / lag * np.log2(np.e)
    return told
