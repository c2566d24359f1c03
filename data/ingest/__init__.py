"""The import: sources, judged row by row, into a snapshot, with an account of every row.

read_sources ──▶ judge each file ──▶ settle each table, parents first ──▶ write_version
                      │                       │
                      └───── faults ──────────┴──▶ quarantine, account
"""

from data.ingest.account import FileAccount, ImportAccount, TableAccount
from data.ingest.run import import_sources

__all__ = ["FileAccount", "ImportAccount", "TableAccount", "import_sources"]
