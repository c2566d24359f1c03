"""Skill demand: from vacancies and the skills they name to a monthly table with its uncertainty.

    postings ─▶ chain ─▶ openings        what advertisements ask for: reading, build
    openings ─▶ weighted ─▶ cells ─▶ prior share ─▶ filtered ─┬─▶ table (level, interval, trend)
    counts      official    grid     prior          shrinkage └─▶ forecast (season, intervals)

Everything here is a pure function of frames and arrays; arrays are months x areas x skills.
"""
