"""From Chinese text to the skills that a posting asks for.

Words of a vocabulary are found exactly (``gazetteer``), each finding is weighed in its context
(``context``, ``model``), and what the posting asks for is kept, with the level it states
(``levels``). ``extract`` is the door.
"""
