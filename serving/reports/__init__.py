"""Reports for planners: one page to read and print, and its tables for spreadsheets and programs.

    term tables, pilots' study ─┐
    files of other verbs ───────┴▶ Report ─▶ page (HTML, SVG) · workbook · CSV · JSON ─▶ a folder

A page needs nothing but itself: no scripts, no fonts, no pictures from elsewhere.
"""
