"""Errors of the extraction of skills.

training.errors.TrainingError
└── SkillDataError   a file, column or vocabulary that skills can't be read from or with
"""

from training.errors import TrainingError


class SkillDataError(TrainingError):
    """A file, column or vocabulary that can't be used; says what was there instead."""
