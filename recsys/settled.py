"""What a process holds for good, kept out of the way of the garbage collector."""

import gc


def settle() -> None:
    """Tell the collector that all there is now stays: it need not be walked through again.

    A process that has loaded a snapshot and a model holds hundreds of thousands of objects until
    it ends, and lists are many new ones: every few hundred learners the collector would look at
    everything once more. What is made later is collected as ever. Called again after another load,
    it first collects what the earlier one left.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
