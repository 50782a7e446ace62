"""Carries out what a plan wants to go wrong, and puts it right afterwards."""

import asyncio
from collections import Counter, defaultdict

from dev.chaos.plan import Action, Plan
from dev.local_stack.desk import RunningStack

# Longer than sms_service waits for Twilio, so that the answer is lost.
_LATENCY_MILLISECONDS = 4000


class Trouble:
    """The disturbances of one run; `done` counts them by kind."""

    def __init__(self, running: RunningStack, plan: Plan) -> None:
        self._running = running
        self._plan = plan
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.done: Counter[str] = Counter()

    async def make(self) -> None:
        """Does all of it, each at its time; everything runs again when this returns."""
        started = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as doing:
            for action in self._plan.actions:
                doing.create_task(self._do_at(started, action))

    async def _do_at(self, started: float, action: Action) -> None:
        await asyncio.sleep(started + action.at - asyncio.get_running_loop().time())
        if action.kind == "fault":
            await self._running.simulator.fault(
                action.target, action.fault, milliseconds=_LATENCY_MILLISECONDS, times=action.times
            )
        else:
            # One thing at a time to one process; several processes may be away at once.
            async with self._locks[action.target]:
                await self._disturb(action)
        self.done[action.kind] += 1

    async def _disturb(self, action: Action) -> None:
        stack, name = self._running.stack, action.target
        if action.kind == "pause":
            stack.pause(name)
            await asyncio.sleep(action.seconds)
            stack.resume(name)
            return
        if action.kind == "kill":
            await stack.kill(name)
            await asyncio.sleep(action.seconds)
        await stack.restart(name)
