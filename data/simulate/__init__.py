"""A simulated city with known truth, in the tables of the contracts.

places ─▶ people ─▶ courses ─▶ terms (lists ─▶ applications ─▶ seats ─▶ what follows) ─▶ events
                                                                    labour ─▶ postings
            all tables ─▶ dirt ─▶ files            open term ─▶ truth/ (the judge's alone)

Equations and defaults: METHODS section 2; every knob is a field of ``SimulationParams``.
"""

from data.simulate.params import SimulationParams
from data.simulate.presets import PRESETS, SimulationError, preset
from data.simulate.run import Simulated, simulate

__all__ = [
    "PRESETS",
    "Simulated",
    "SimulationError",
    "SimulationParams",
    "preset",
    "simulate",
]
