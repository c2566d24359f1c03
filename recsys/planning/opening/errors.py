"""Errors of the planner's programs.

RecsysError
└── PlanningError    a problem that makes no sense, or floors that nothing can meet
"""

from recsys.errors import RecsysError


class PlanningError(RecsysError):
    """A plan was asked for that can't be made; the message says what was missing."""
