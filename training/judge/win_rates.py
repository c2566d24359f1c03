"""Win rates by group, and whether one lottery treats all groups alike."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from training.metrics.table import FEWEST
from training.slices import UNKNOWN

Z: Final = float(norm.ppf(0.975))
"""Half-width of a 95 % interval in standard errors."""

ROUNDING: Final = 1e-9
"""A variance so small beside the total is what is left of a zero."""


@dataclass(frozen=True, slots=True)
class Equality:
    """A test that groups win alike within each section.

    Attributes:
        statistic: chi-square, at least 0.
        freedom: degrees of freedom; 0 where nothing can be compared.
        p_value: probability of so large a statistic if all groups win alike; None at freedom 0.
        expected: wins of each group if each section treated all alike; shape (groups,).
    """

    statistic: float
    freedom: int
    p_value: float | None
    expected: NDArray[np.float64]


def wilson(wins: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, sound for small n and for shares near 0 or 1 [wilson1927].

    ``(p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)``, p = wins / n, z = 1.96.

    Args:
        wins: how many won.
        n: how many took part, at least 1.

    >>> [round(end, 4) for end in wilson(5, 10)]
    [0.2366, 0.7634]
    """
    share, spread = wins / n, Z * Z / n
    centre = share + spread / 2
    half = Z * np.sqrt(share * (1 - share) / n + spread / (4 * n))
    low, high = (centre - half) / (1 + spread), (centre + half) / (1 + spread)
    return max(float(low), 0.0), min(float(high), 1.0)


def equality(
    section: NDArray[np.int64], group: NDArray[np.int64], won: NDArray[np.bool_]
) -> Equality:
    """Generalised Cochran-Mantel-Haenszel test: wins against group, within sections [landis1978].

    In section i with N applicants, m winners and a share p_g of group g, wins of g are
    hypergeometric: ``E_g = m p_g``, ``Cov_gh = m (N - m) / (N - 1) * (p_g [g = h] - p_g p_h)``.
    With d = sum over sections of (wins - E) and V = sum of Cov, ``d' V⁺ d`` is chi-square
    with rank(V) degrees of freedom. Sections are strata: a group that asks for contested classes
    is not mistaken for one that is treated badly.

    Args:
        section: number of the section of each application.
        group: number of the learner's group; all of shape (applications,).
        won: whether a seat was given.

    Two sections, groups that win alike in each:

    >>> section, group = np.repeat([0, 1], 4), np.tile([0, 0, 1, 1], 2)
    >>> equality(section, group, np.tile([True, False], 4)).p_value
    1.0
    """
    groups = int(group.max(initial=-1)) + 1
    _, strata = np.unique(section, return_inverse=True)
    cells = strata * groups + group
    shape = (int(strata.max(initial=-1)) + 1, groups)
    counts = np.bincount(cells, minlength=shape[0] * groups).reshape(shape).astype(np.float64)
    n, m = counts.sum(axis=1), np.bincount(strata, won, minlength=shape[0])
    part = counts / n[:, None]
    expected = np.einsum("i,ig->g", m, part)
    off = np.bincount(group, won, minlength=groups) - expected
    scale = m * (n - m) / np.maximum(n - 1, 1)
    spread = np.diag(np.einsum("i,ig->g", scale, part)) - np.einsum(
        "i,ig,ih->gh", scale, part, part
    )
    return _tested(off, spread, expected, least=ROUNDING * float(scale.sum()))


def win_rates(entries: pl.DataFrame, column: str) -> dict[str, Any]:
    """Win rate of each group of at least ten learners, and the test that all win alike.

    Args:
        entries: section (Int64), won (Boolean) and the group's column, one row an application.
        column: names the group of the learner.

    Returns:
        rows of value, n, won, win_rate, low, high and expected_win_rate; and the test.
    """
    named = entries.with_columns(pl.col(column).fill_null(UNKNOWN))
    kept = named.filter(pl.len().over(column) >= FEWEST)
    values = kept[column].unique().sort()
    group = kept[column].cast(pl.Enum(values)).to_physical().cast(pl.Int64).to_numpy()
    won = kept["won"].to_numpy()
    test = equality(kept["section"].to_numpy(), group, won)
    n, wins = np.bincount(group), np.bincount(group, won).astype(np.int64)
    rows = [
        _row(value, int(n[g]), int(wins[g]), float(test.expected[g]))
        for g, value in enumerate(values)
    ]
    return {
        "rows": rows,
        "chi_square": test.statistic,
        "degrees_of_freedom": test.freedom,
        "p_value": test.p_value,
    }


def _tested(
    off: NDArray[np.float64],
    spread: NDArray[np.float64],
    expected: NDArray[np.float64],
    *,
    least: float,
) -> Equality:
    """The test in the directions in which wins can vary by more than rounding."""
    sizes, directions = np.linalg.eigh(spread)
    free = sizes > least
    freedom = int(free.sum())
    if not freedom:
        return Equality(0.0, 0, None, expected)
    along = np.einsum("g,gf->f", off, directions[:, free])
    statistic = float((along**2 / sizes[free]).sum())
    return Equality(statistic, freedom, float(chi2.sf(statistic, freedom)), expected)


def _row(value: str, n: int, wins: int, expected: float) -> dict[str, Any]:
    low, high = wilson(wins, n)
    return {
        "value": value,
        "n": n,
        "won": wins,
        "win_rate": wins / n,
        "low": low,
        "high": high,
        "expected_win_rate": expected / n,
    }
