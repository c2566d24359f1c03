"""Planners' tables on the wire: worked out when first asked for, released once, read page by page.

snapshot ─▶ tables (recsys.planning, suppressed) ─▶ kept ─▶ pages
"""
