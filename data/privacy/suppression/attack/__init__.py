"""What anybody could work out from released tables: the attack that suppression must withstand.

    released tables ─▶ known ─▶ bounds ─▶ Findings      min and max of each hidden cell
                          └───▶ pairs  ─▶               differences of few people

Nothing here is shared with suppression but the description of a table: what is told and what
adds up to what is worked out a second time, by other means, from the released frames alone.
"""
