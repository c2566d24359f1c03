"""Knobs of the dirt in the files."""

from data.simulate.knobs import Knobs, Share


class FileParams(Knobs):
    """The parameters of the dirt in the files."""

    bad_row_share: Share = 0.02
    """Bad rows planted in sections, venues, learners, courses and postings, as a share of rows."""
    bad_event_share: Share = 0.002
    """Bad rows planted among events, as a share of rows."""
    old_code_share: Share = 0.01
    """Learners and postings added under district codes from before April 2021, as a share."""
    gbk: bool = True
    """Whether sections.csv is written in GBK instead of UTF-8."""
