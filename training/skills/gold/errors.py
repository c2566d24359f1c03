"""Errors of the gold set.

training.errors.TrainingError
└── GoldError  the gold set and the data sets it points into don't fit together
"""

from training.errors import TrainingError


class GoldError(TrainingError):
    """A gold posting or annotation that can't be used; says which and what was expected."""
