"""Postings whose occupation was read by hand: a development set and a gold set.

Texts stay in ../shared/datasets; committed are keys, rows and labels. The guideline is
docs/occupations.md. ``dev.csv`` is for choosing and fitting, ``gold.csv`` for judging alone.
"""
