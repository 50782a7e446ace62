"""A short run of `make fuzz`, on the stack of the other tests."""

from dev.fuzz.run import fuzz
from dev.local_stack.desk import RunningStack


async def test_whatever_is_sent_nothing_breaks_and_what_is_genuine_is_stored_once(running: RunningStack) -> None:
    report = await fuzz(running, requests=3000, seconds=120, seed=1, say=lambda _: None)

    assert report.failures == []
    assert report.sent.total() == 3000
    assert report.genuine > 20
    assert report.statuses[403] > 20
