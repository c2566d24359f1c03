"""What to open where: a plan of new sections under a budget, with a proven bound.

needs, wants ─▶ cells ─┐
venues, courses, teachers, costs ─▶ offers ─┴▶ problem ─▶ greedy ─▶ swaps ─▶ relaxation ─▶ program
                                                                               (bound)     │
                                                  verify ◀─ plan, report, what-if ◀────────┘
"""
