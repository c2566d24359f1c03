"""Lists, gaps and allocations held against a truth folder: the only reader of what is true.

truth folder ──▶ truth ──▶ pairs ──┬─▶ recommendations (values, baselines, groups)
                   │               └── lists ◀── FILE
                   ├─────────────────▶ gaps ◀── FILE
                   └─────────────────▶ allocation (stability, win_rates) ◀── FILE
"""
