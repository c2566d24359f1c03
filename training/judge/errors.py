"""The error of this package, a branch of the tree in training.errors."""

from training.errors import TrainingError


class JudgeError(TrainingError):
    """A truth folder or a file that can't be judged; says what was there and what was expected."""
