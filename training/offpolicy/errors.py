"""Errors of off-policy evaluation.

training.errors.TrainingError
└── OffPolicyError           lists or a log that can't be evaluated
    └── ThinSupportError     too little of the log speaks about the lists
"""

from training.errors import TrainingError


class OffPolicyError(TrainingError):
    """Lists or a log that can't be evaluated; says what was wrong and what was expected."""


class ThinSupportError(OffPolicyError):
    """Too little of the log speaks about the lists; names what there was and what it takes."""
