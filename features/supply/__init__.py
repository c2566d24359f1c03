"""Supply of skills: who completes what, with which skill, and within whose reach.

    sections ─▶ terms ─────┐   which sections count
    events ─▶ completion ──┼─▶ completers ─▶ completer_seats ─▶ skill_supply
    course_skills ─▶ attainment ┘  who completes, with what      by district, within reach

Figures are completers a month with their variance. docs/supply.md.
"""

from features.supply.seats import completer_seats
from features.supply.table import Supply, skill_supply, supply_of_city

__all__ = ["Supply", "completer_seats", "skill_supply", "supply_of_city"]
