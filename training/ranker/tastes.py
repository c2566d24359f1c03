"""Latent tastes: loadings of topics, from how learners' choices of two topics go together.

A learner's likings of topics are normal with covariance ``F F'``. Its off-diagonal is estimated
by moments: the slopes of the log likelihood, summed by learner and topic, have covariance
``h_i S_ij h_j`` where their curvatures are h. A few EM steps then refine F; learners themselves
are not kept.
"""

from typing import Final

import numpy as np

from recsys.columns import Reals

TASTES: Final = 8
"""Latent tastes, fewer where there are fewer topics."""
ROUNDS: Final = 50
"""Rounds of completing the covariance by its leading part."""
STEPS: Final = 5
"""EM steps."""
RIDGE: Final = 3.0
"""Pseudo-observations that pull every loading to 0."""
SURE: Final = 0.9
"""Entries with more evidence than this share of all count fully."""


def loadings(slopes: Reals, curves: Reals) -> Reals:
    """Loadings of topics on latent tastes.

    Args:
        slopes: of the log likelihood, summed by learner and topic; (learners, topics).
        curves: the same of its curvature, 0 where a learner saw nothing of a topic.

    Returns:
        Shape (topics, tastes).
    """
    seen = curves.sum(axis=1) > 0
    if not seen.any():
        return np.zeros((curves.shape[1], 0))
    slopes, curves = slopes[seen], curves[seen]
    found = _leading(_by_moments(slopes, curves), curves.T @ curves)
    for _ in range(STEPS):
        found = _em_step(found, slopes, curves)
    return found


def _by_moments(slopes: Reals, curves: Reals) -> Reals:
    """Covariance of likings; the diagonal less what chance alone gives."""
    products, weights = slopes.T @ slopes, curves.T @ curves
    diagonal = np.arange(len(products))
    products[diagonal, diagonal] -= curves.sum(axis=0)
    covariance: Reals = products / (weights + 1e-9)
    return covariance


def _leading(covariance: Reals, evidence: Reals) -> Reals:
    """Loadings of the leading part, entries weighed by their evidence."""
    weights = np.minimum(evidence / max(np.quantile(evidence, SURE), 1e-9), 1.0)
    tail = np.arange(len(covariance)) < len(covariance) - TASTES
    whole: Reals = np.zeros(covariance.shape)
    for _ in range(ROUNDS):
        mixed = whole + weights * (covariance - whole)
        found, vectors = np.linalg.eigh((mixed + mixed.T) / 2)
        kept: Reals = np.where(tail, 0.0, np.maximum(found, 0)).astype(np.float64)
        whole = np.einsum("ik,k,jk->ij", vectors, kept, vectors)
    strengths, axes = np.linalg.eigh(whole)
    leading: Reals = axes[:, -TASTES:] * np.sqrt(np.maximum(strengths[-TASTES:], 1e-6))
    return leading


def _em_step(found: Reals, slopes: Reals, curves: Reals) -> Reals:
    """Posteriors of the learners' tastes, then the loadings that fit them."""
    topics, tastes = found.shape
    squares = (found[:, :, None] * found[:, None, :]).reshape(topics, -1)
    covariance = np.linalg.inv((curves @ squares).reshape(-1, tastes, tastes) + np.eye(tastes))
    means = (covariance @ (slopes @ found)[:, :, None])[:, :, 0]
    second = (means[:, :, None] * means[:, None, :] + covariance).reshape(len(means), -1)
    normal = (curves.T @ second).reshape(topics, tastes, tastes) + np.eye(tastes) * RIDGE
    moved = np.linalg.solve(normal, (slopes.T @ means)[:, :, None])[:, :, 0]
    # tastes keep unit variance, so that the posterior's prior stays the identity
    second_moment: Reals = (means.T @ means + covariance.sum(axis=0)) / len(means)
    scale = np.asarray(np.linalg.cholesky(second_moment), dtype=np.float64)
    return np.asarray(moved @ scale, dtype=np.float64)
