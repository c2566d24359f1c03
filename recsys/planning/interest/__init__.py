"""What residents ask for and can't get: applications without a seat, searches without a result.

applications, seats ─▶ wishes ─┐
sections ─────────────▶ offer ─┼▶ Interest ─▶ table, pressure, contested, wants
unmet-demand ledger ──▶ asks ──┘
"""
