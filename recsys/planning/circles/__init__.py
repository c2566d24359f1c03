"""Who has a suitable section within 15 minutes of home, for a trade within 30, and who hasn't.

residents ─▶ people (whole persons by band and need) ─┐
sections on offer ─▶ sites (whom each suits) ─▶ nearest ─▶ cells ─▶ table (villages to city)
"""

from recsys.planning.circles.circle import (
    ALL,
    ANYTHING,
    BANDS,
    CIRCLES,
    CITIZEN,
    NEEDS,
    VOCATIONAL,
    Circle,
    circles_of,
)
from recsys.planning.circles.table import COLUMNS, coverage, streets_without, worst

__all__ = [
    "ALL",
    "ANYTHING",
    "BANDS",
    "CIRCLES",
    "CITIZEN",
    "COLUMNS",
    "NEEDS",
    "VOCATIONAL",
    "Circle",
    "circles_of",
    "coverage",
    "streets_without",
    "worst",
]
