"""The product's own skills, occupations and their ties, used where a snapshot brings none.

The files beside this module are the authored form: one row a line, aliases separated by
``|``. Adding a skill, an occupation or a tie is adding a line; ``check`` says what is wrong
with it. Provenance: PROVENANCE.md.
"""

from data.vocabulary.check import Finding, check
from data.vocabulary.load import VOCABULARY_TABLES, builtin, posting_words

__all__ = ["VOCABULARY_TABLES", "Finding", "builtin", "check", "posting_words"]
