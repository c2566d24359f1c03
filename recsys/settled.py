"""How a process that has loaded a snapshot and a model answers from it."""

import gc

from threadpoolctl import threadpool_limits


def settle() -> None:
    """Keep what is loaded out of the garbage collector's way, and linear algebra on one thread.

    A process that has loaded a snapshot and a model holds hundreds of thousands of objects until
    it ends, and lists are many new ones: every few hundred learners the collector would look at
    everything once more. What is made later is collected as ever. Called again after another load,
    it first collects what the earlier one left.

    Products for a list are small: on several threads they take longer than on one, as the threads
    wait for each other, and their sums change their order with the number of threads.
    """
    threadpool_limits(limits=1)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
