import gc
from weakref import ref

from threadpoolctl import threadpool_info, threadpool_limits

from recsys.settled import settle


class Snapshot:
    """Holds itself, so that only the collector can let it go."""

    def __init__(self) -> None:
        self.itself = self


def test_what_an_earlier_load_left_is_collected_when_the_next_one_settles() -> None:
    former = Snapshot()
    left = ref(former)
    settle()
    assert gc.get_freeze_count() > 0
    del former
    gc.collect()
    assert left() is not None
    settle()
    assert left() is None
    gc.unfreeze()


def test_linear_algebra_is_on_one_thread_from_then_on() -> None:
    with threadpool_limits(limits=2):
        settle()
        assert {library["num_threads"] for library in threadpool_info()} == {1}
    gc.unfreeze()
