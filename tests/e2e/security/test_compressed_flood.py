"""The attack that `python -m dev.compressed_flood` replays, for a moment: it costs what its control costs."""

from dev.compressed_flood.run import CODINGS, CONTROL, NOTHING, Flood, replay
from dev.local_stack.desk import RunningStack


async def test_compressed_bodies_cost_genuine_webhooks_nothing(running: RunningStack) -> None:
    phases = {
        phase.stranger: phase for phase in await replay(running, Flood(seconds=2, a_second=5, genuine_a_second=4))
    }

    assert list(phases) == [NOTHING, CONTROL, *CODINGS]
    assert [phase.answered for phase in phases.values()] == [8] * len(phases)
    assert [phase.sent for phase in phases.values()] == [0, *[10] * (len(phases) - 1)]
    for coding in CODINGS:
        assert phases[coding].cpu_seconds <= 3 * phases[CONTROL].cpu_seconds + 0.5
