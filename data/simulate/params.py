"""Every knob of the simulated city, with its own sentence, unit and default.

Equations and defaults: METHODS section 2 (docs/simulation.md repeats them). Numbers marked
"guess" there are guesses here too; that is why they have names. Each room keeps its own knobs.
"""

from typing import Annotated

from pydantic import Field

from data.simulate.files.params import FileParams
from data.simulate.knobs import Count
from data.simulate.labour.params import LabourParams
from data.simulate.people.params import PeopleParams
from data.simulate.place.params import PlacesParams
from data.simulate.pool.params import PoolParams
from data.simulate.terms.params import TermParams


class SimulationParams(
    FileParams, LabourParams, TermParams, PoolParams, PeopleParams, PlacesParams
):
    """The parameters of one simulated city; a preset sets some, ``--set`` any."""

    districts: Annotated[tuple[str, ...], Field(min_length=1)] = ("330113",)
    """Six-digit codes of the districts whose people and courses are simulated."""
    learners: Count = 2_000
    """Registered learners at the cut-off, persons."""
    sections_per_term: Annotated[int, Field(ge=20)] = 120
    """Sections published in each term."""
    history_terms: Count = 3
    """Finished terms before the open one; there are two terms a year."""
    driven_terms: Annotated[int, Field(ge=0, le=20)] = 0
    """Terms after the open one, whose lists a trained model makes (``--policy``, ``--terms``)."""
    open_term: Annotated[str, Field(pattern=r"^20[0-9]{2}[春秋]$")] = "2025秋"
    """The last term of the old page, year and 春 (spring) or 秋 (autumn); open at the cut-off."""
    as_of_hours: Annotated[float, Field(ge=1, le=300)] = 122.0
    """Hours from the opening of enrolment to the cut-off at which lists are made."""
    judged_learners: Count = 2_000
    """Learners whose apply probabilities are written to the truth, at most."""
