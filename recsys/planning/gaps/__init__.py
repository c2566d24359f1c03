"""Which skills are short where, how surely, and why.

jobseekers ─▶ pools ─▶ seekers ─┐
advertisements ─▶ filling ──────┤
demand table ─▶ levels ─────────┼▶ draws ─▶ ranking ─▶ causes ─▶ notes ─▶ table
completer seats ────────────────┘
"""
