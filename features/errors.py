"""Errors of the features.

data.errors.XuepeiError
└── FeatureError
    ├── CutOffError         a cut-off that is not an instant
    ├── CoordinateError     a coordinate system that isn't in the vocabulary
    ├── SkillModelError     a skill context model that can't be read
    ├── PlaceError          residents whom no point of the map can be told for
    ├── SupplyError         seats or people from which no supply can be told
    ├── RakingError         totals that weights can't be brought to
    └── DemandError         advertisements from which no demand can be told
"""

from data.errors import XuepeiError


class FeatureError(XuepeiError):
    """A feature that can't be computed as asked."""


class CutOffError(FeatureError):
    """A cut-off that is not an instant, because it has no offset from UTC."""


class CoordinateError(FeatureError):
    """A coordinate system that isn't in the vocabulary; lists those that are."""


class PlaceError(FeatureError):
    """Residents of divisions of which none has a point; says how many divisions there are."""


class SupplyError(FeatureError):
    """Seats or people from which no supply can be told; says what doesn't fit."""


class SkillModelError(FeatureError):
    """A skill context model that can't be read, or is of another format; says which."""


class RakingError(FeatureError):
    """Totals that weights can't be brought to; says why."""


class DemandError(FeatureError):
    """Advertisements from which no demand can be told; says what is missing."""
