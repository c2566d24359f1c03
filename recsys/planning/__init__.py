"""What a planner asks of a city: what is short, who is in reach, what was promised, what to open.

    demand, seekers, supply ─▶ gaps ─┐
    waits, lots lost, empty searches ─▶ interest ─┴▶ opening ─▶ plan, what-if
    residents, sections, minutes ─▶ circles, siting        tables, targets ─▶ indicators

Pure functions of a snapshot's tables at a moment; verbs, the service and reports call the same.
"""
