"""The problem of a city: what its tables and the gaps say, as arrays to plan with.

gaps, wants ─▶ needs ──┐
venues, residents ─▶ ground ─▶ offers ─▶ problem
courses, skills ─▶ pool ─┤
teachers ─▶ staffing ────┘
"""
