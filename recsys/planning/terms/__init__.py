"""What came of each term, district by district, in tables that may be released.

    sections, acts ─▶ counts by programme, category, age, home ─▶ suppression ─▶ TermTables

All tables of all terms are released together, so that whoever holds two reports of a city can't
solve for a figure that either of them holds back.
"""
