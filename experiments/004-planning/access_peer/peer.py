"""pysal's enhanced two-step floating catchment on a given matrix: run by an interpreter with it.

    python peer.py WORLD.npz FOUND.npz

WORLD: people (J,), seats (C, K), place, site and minutes (pairs), cut_min. FOUND: access (J, K) by
the weight function, and seconds of each way of calling it.
"""

import sys
import time

import numpy as np
import pandas as pd  # noqa: TID251 - pysal speaks pandas, in an environment of its own
from access import Access

EDGE = np.exp(-0.5)
ROUNDS = 3


def main(world: str, found: str) -> None:
    """Call it in its documented way, and in its quickest: with the weights worked out before."""
    given = np.load(world)
    cut = float(given["cut_min"])

    def gaussian(minutes):
        return (np.exp(-0.5 * (minutes / cut) ** 2) - EDGE) / (1 - EDGE)

    documented = timed(given, given["minutes"], gaussian)
    quickest = timed(given, gaussian(given["minutes"]), lambda weight: weight)
    np.savez(
        found,
        access=documented[0],
        access_quickest=quickest[0],
        documented_s=documented[1],
        quickest_s=quickest[1],
    )


def timed(given, cost, weight_fn):
    """Access of each place and kind of seats, and the least seconds of some rounds."""
    seats = given["seats"]
    kinds = [f"kind{number}" for number in range(seats.shape[1])]
    people = pd.DataFrame({"place": np.arange(len(given["people"])), "people": given["people"]})
    supply = pd.DataFrame(seats, columns=kinds).assign(site=np.arange(len(seats)))
    pairs = pd.DataFrame({"place": given["place"], "site": given["site"], "cost": cost})
    seconds = []
    for _ in range(ROUNDS):
        model = Access(
            demand_df=people, demand_index="place", demand_value="people",
            supply_df=supply, supply_index="site", supply_value=kinds,
            cost_df=pairs, cost_origin="place", cost_dest="site", cost_name="cost",
        )  # fmt: skip
        began = time.perf_counter()
        told = model.enhanced_two_stage_fca(name="a", weight_fn=weight_fn)
        seconds.append(time.perf_counter() - began)
    told = told.reindex(np.arange(len(people))).fillna(0.0)
    return told[[f"a_{kind}" for kind in kinds]].to_numpy(), min(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
