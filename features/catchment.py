"""The enhanced two-step floating catchment: seats shared among the people who reach them.

Step one gives each site c a ratio of its seats R to the people D around it, step two adds up at
each place j the ratios of the sites within reach:

    ratio_ck = R_ck / sum_j D_j f(t_jc)          A_jk = sum_c f(t_jc) ratio_ck

k counts kinds of seats, all at once; t are minutes (``features.reach``) and f the Gaussian decay,
1 at the door and 0 from the cut T on:

    f(t) = (exp(-(t/T)² / 2) - exp(-1/2)) / (1 - exp(-1/2))        t < T

Nothing is lost: sum_j A_jk D_j = sum_c R_ck over the sites anybody reaches. A site that nobody
reaches falls to its nearest place, and is named. Source: METHODS section 4; Luo and Qi (2009);
the decay is that of Dai (2010).
"""

from dataclasses import dataclass
from typing import Final, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from features.errors import SupplyError

VOCATIONAL_MIN: Final = 30.0
"""The city's circle of vocational training, minutes."""

CITIZEN_MIN: Final = 15.0
"""The city's circle of citizen learning, minutes."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Seats = TypeVar("Seats", Floats, csr_array)

LEAST_CROWD: Final = 1e-9
"""Persons' worth of will to travel below which nobody is said to reach a site."""

_EDGE: Final = float(np.exp(-0.5))


def decay(minutes: Floats, cut_min: float) -> Floats:
    """The will to travel: 1 at no distance, falling to 0 at the cut and staying there.

    >>> decay(np.array([0.0, 30.0, 45.0]), 30.0).tolist()
    [1.0, 0.0, 0.0]
    """
    bell = np.exp(-0.5 * (minutes / cut_min) ** 2)
    return np.where(minutes < cut_min, (bell - _EDGE) / (1 - _EDGE), 0.0)


@dataclass(frozen=True, slots=True)
class Catchment:
    """Which places share which sites; J places, C sites.

    Attributes:
        decay: (J, C) f of the minutes; 1 where a stranded site falls to its nearest place.
        people: D, persons of each place, shape (J,).
        crowd: sum_j D_j f(t_jc), persons around each site, shape (C,); 0 where nobody is.
        stranded: sites that nobody reaches within the cut, shape (C,).
    """

    decay: csr_array
    people: Floats
    crowd: Floats
    stranded: Bools

    @property
    def served(self) -> Bools:
        """Sites whose seats somebody gets: those within reach, and those given to a place."""
        return self.crowd >= LEAST_CROWD

    def access(self, seats: Seats) -> Seats:
        """A, seats for each person of a place.

        Args:
            seats: R, shape (C,) or (C, K), dense or sparse.

        Returns:
            Shape (J,) or (J, K), sparse where the seats are. The seats of sites that aren't
            ``served`` are in no place's.
        """
        return self._times(self._per_person(), seats)

    def spread(self, seats: Seats) -> Seats:
        """A · D, the seats that fall to each place; they add up to those of ``served`` sites."""
        return self._times(self.shares(), seats)

    def shares(self) -> csr_array:
        """(J, C) share of each site's seats that falls to each place; columns add up to 1 or 0."""
        return self._per_person().multiply(self.people[:, None]).tocsr()

    def _per_person(self) -> csr_array:
        """(J, C) share of each site's seats that falls to each person of a place."""
        share = np.divide(1.0, self.crowd, out=np.zeros_like(self.crowd), where=self.served)
        return self.decay.multiply(share).tocsr()

    def _times(self, matrix: csr_array, seats: Seats) -> Seats:
        if seats.shape[0] != len(self.crowd):
            message = (
                f"{seats.shape[0]:,} rows of seats for {len(self.crowd):,} sites; expected one each"
            )
            raise SupplyError(message)
        return cast("Seats", matrix @ seats)


def catchment(
    minutes: csr_array, people: Floats, cut_min: float, nearest: Ints | None = None
) -> Catchment:
    """Find who shares what.

    Args:
        minutes: (J, C) minutes of the pairs within reach (``features.reach.reach``).
        people: D, persons of each place or whatever else asks for the seats, shape (J,).
        cut_min: T; pairs stored at the cut or beyond count for nothing.
        nearest: (C,) place to which a site falls that nobody reaches, -1 for none
            (``features.reach.nearest_place``); left out, such sites go to nobody.

    Raises:
        SupplyError: shapes that don't fit, or people below zero or unknown.
    """
    if minutes.shape[0] != len(people) or not (np.asarray(people) >= 0).all():
        message = (
            f"{len(people):,} numbers of people for {minutes.shape[0]:,} places; expected one "
            "each, none below zero or unknown"
        )
        raise SupplyError(message)
    will = minutes.astype(np.float64)
    will.data = decay(will.data, cut_min)
    stranded = will.T @ people < LEAST_CROWD
    if nearest is not None:
        will = _with_nearest(will, stranded, nearest)
    will.eliminate_zeros()
    return Catchment(will, people, will.T @ people, stranded)


def _with_nearest(will: csr_array, stranded: Bools, nearest: Ints) -> csr_array:
    """Stranded sites given whole to their nearest place."""
    alone = np.flatnonzero(stranded & (nearest >= 0))
    given = coo_array((np.ones(len(alone)), (nearest[alone], alone)), shape=will.shape)
    return csr_array(will + given.tocsr())
