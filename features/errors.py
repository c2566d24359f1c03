"""Errors of the features.

data.errors.XuepeiError
└── FeatureError
    ├── CutOffError         a cut-off that is not an instant
    ├── CoordinateError     a coordinate system that isn't in the vocabulary
    └── SkillModelError     a skill context model that can't be read
"""

from data.errors import XuepeiError


class FeatureError(XuepeiError):
    """A feature that can't be computed as asked."""


class CutOffError(FeatureError):
    """A cut-off that is not an instant, because it has no offset from UTC."""


class CoordinateError(FeatureError):
    """A coordinate system that isn't in the vocabulary; lists those that are."""


class SkillModelError(FeatureError):
    """A skill context model that can't be read, or is of another format; says which."""
