"""Fits and judges the link from job titles to occupations.

gold/ postings read by hand · fit  titles and dev labels -> model · measure  gold -> figures
"""
