"""Where to have a room, and what to open in it.

    a room and its slots ─▶ advice ─▶ courses by learners expected, with rivals
    residents, venues ─▶ micro ─▶ the next micro-spaces, by residents newly within 15 minutes

The one sub-room that reads another: rooms, courses and needs are those of ``opening.city``.
"""
