"""Errors of the product, and those of the data package.

XuepeiError                 anything the product reports instead of a traceback (exit code 2)
├── DataError               tables, files and stores
│   ├── SourceError         a file that can't be read at all
│   ├── MappingError        a mapping file that names unknown tables, columns or values
│   ├── ContractError       a frame that doesn't hold its table's contract
│   ├── StoreError          a snapshot that is missing, damaged or of another version
│   ├── LedgerError         the event log can't be opened or written
│   └── SuppressionError    tables of people that can't be released as they were described
├── FeatureError            see features.errors
└── RecsysError             see recsys.errors
"""


class XuepeiError(Exception):
    """What was wrong and what was expected, in one sentence for the person who asked."""


class DataError(XuepeiError):
    """Tables, files and stores."""


class SourceError(DataError):
    """A file that can't be read at all; says which, and what would have been readable."""


class MappingError(DataError):
    """A mapping file that names unknown tables, columns or values; lists the known ones."""


class ContractError(DataError):
    """A frame that doesn't hold its table's contract; names the table, rule and row count."""


class StoreError(DataError):
    """A snapshot that is missing, damaged or of another schema version."""


class LedgerError(DataError):
    """The event log can't be opened or written."""


class SuppressionError(DataError):
    """Tables of people that can't be released as described; names the table, column and cell."""
