"""Errors of fitting and judging.

data.errors.XuepeiError
└── TrainingError
    ├── SplitError       a split that would leave nothing to learn from or to judge on
    ├── EvaluationError  nothing is known after the cut, or a slice that doesn't exist
    ├── RankerDataError  logged lists too few or too poor to fit a ranker to
    ├── BenchError       a table, model or worker of the benchmark that can't be used
    ├── JudgeError       see training.judge.errors
    └── OffPolicyError   see training.offpolicy.errors
"""

from data.errors import XuepeiError


class TrainingError(XuepeiError):
    """Fitting, judging and tracking."""


class SplitError(TrainingError):
    """A split that would leave nothing to learn from, or nothing to judge on."""


class EvaluationError(TrainingError):
    """A judgement that can't be made from what is known; says what would make it possible."""


class RankerDataError(TrainingError):
    """Logged lists that a ranker can't be fitted to; says how many there were."""


class BenchError(TrainingError):
    """A table, model or worker of the benchmark that can't be used; says what was expected."""
