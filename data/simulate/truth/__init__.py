"""What only the judge may read: true probabilities, true gaps, who and what they are about."""

from data.simulate.truth.probabilities import apply_probabilities

__all__ = ["apply_probabilities"]
