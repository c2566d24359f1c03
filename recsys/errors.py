"""Errors of the decisions.

data.errors.XuepeiError
└── RecsysError
    ├── RuleError               a rule without a sentence or without a decision on null
    ├── PolicyError             a policy file that names what doesn't exist
    ├── ScorerUnavailableError  a scorer whose library isn't installed here
    ├── NotFittedError          a scorer asked before it was fitted
    ├── BundleError             a model bundle that is missing, damaged or of another version
    ├── DemandTableError        a table of labour demand that can't be read as one
    ├── QueryError              a query that can't be answered as asked
    ├── CoverageError           a circle or a programme that there is none of
    └── IndicatorError          an indicator without its definition in both languages
"""

from data.errors import XuepeiError


class RecsysError(XuepeiError):
    """Rules, policies, scorers, bundles and queries."""


class RuleError(RecsysError):
    """A rule without a sentence to show, or without a decision on null."""


class PolicyError(RecsysError):
    """A policy file that names a rule, scorer or option that doesn't exist; lists those that do."""


class ScorerUnavailableError(RecsysError):
    """A scorer whose library isn't installed here; says what to install."""


class NotFittedError(RecsysError):
    """A scorer asked for scores before it was fitted or loaded."""


class BundleError(RecsysError):
    """A model bundle that is missing, damaged or of another format version."""


class DemandTableError(RecsysError):
    """A table of labour demand that lacks a column, or holds what is no bound."""


class QueryError(RecsysError):
    """A query that can't be answered as asked."""


class CoverageError(RecsysError):
    """A circle or a programme that there is none of; says what there is."""


class IndicatorError(RecsysError):
    """An indicator of the plan without its definition in both languages."""
