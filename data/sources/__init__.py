"""Files of any kind in, rows of contract tables out; nothing judged, nothing repaired."""

from data.sources.mapping import Mapping, load_mapping, load_mappings, shipped_feeds
from data.sources.raw import NUMBER_MARK, REJECTED, ROW, Note, RawTable
from data.sources.reading import read_sources, source_files

__all__ = [
    "NUMBER_MARK",
    "REJECTED",
    "ROW",
    "Mapping",
    "Note",
    "RawTable",
    "load_mapping",
    "load_mappings",
    "read_sources",
    "shipped_feeds",
    "source_files",
]
