"""Pure functions: a city's tables in, feature frames out, and nothing after the cut-off.

    asof ─▶ course ─▶ section ─▶ pairs ◀─ travel ◀─ coordinates
      ├───▶ learner ◀─ divisions
      └───▶ interactions ─▶ history

Every frame's columns, units and meaning of null: docs/features.md.
"""
