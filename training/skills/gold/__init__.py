"""The project's own gold set of skill mentions in Chinese job postings.

Texts stay in ../shared/datasets; committed are which postings were drawn (``postings.csv``), and
offsets, skill ids and levels (``annotations/``). The guideline is docs/annotation.md.

datasets --texts--> pool --sample--> postings.csv --annotators--> annotations --load--> agreement
"""
