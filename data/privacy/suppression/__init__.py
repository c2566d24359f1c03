"""Tables of people as they may be released: no figure tells of fewer than k, alone or combined.

    tabulations ─▶ cells ─▶ sums ─▶ primary ─▶ complements ⇄ witness ─▶ released tables
                   one number     few people,   one sum       all sums          │
                   a cell         alone or as   at a time     at once           ▼
                                  a difference                                attack

``attack`` shares no step with what it audits: it reads the released tables alone.
"""

from data.privacy.suppression.attack.findings import Findings, Narrow, Pair, audit
from data.privacy.suppression.dimensions import ALL, Dimension, bands, divisions
from data.privacy.suppression.frames import suppress_frame, with_margins
from data.privacy.suppression.release import K, Report, Suppressed, suppress
from data.privacy.suppression.tabulation import SUPPRESSED, Tabulation

__all__ = [
    "ALL",
    "SUPPRESSED",
    "Dimension",
    "Findings",
    "K",
    "Narrow",
    "Pair",
    "Report",
    "Suppressed",
    "Tabulation",
    "audit",
    "bands",
    "divisions",
    "suppress",
    "suppress_frame",
    "with_margins",
]
