"""Fits and judges the link from job titles to occupations.

gold/ postings labelled by reading · fit  titles.csv + dev labels -> model · measure  gold -> figures
"""
