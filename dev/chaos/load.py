"""The load of one run: customers who text, and agents who answer, as they would in a support desk."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Sequence

from dev.chaos.agents import Agents
from dev.chaos.pairs import Pair
from dev.chaos.plan import PRIVATE_WORD, Plan, PlannedText
from dev.chaos.senders import as_written
from dev.chaos.written import Written
from dev.local_stack.desk import Desk


class Load:
    """`acknowledged` counts texts by whether their webhook was answered 200; `written` has what agents were told."""

    def __init__(self, desks: Sequence[Desk], plan: Plan) -> None:
        self._plan = plan
        self._desks = desks
        self.acknowledged: Counter[bool] = Counter()
        self.written = Written()
        self._agents = Agents(plan, self.written)
        self._pairs = [Pair(desks, planned, self.written.accepted) for planned in plan.pairs]

    async def run(self) -> None:
        """All texts and replies, each at its time or as soon after as possible."""
        started = asyncio.get_running_loop().time()
        by_customer: defaultdict[int, list[PlannedText]] = defaultdict(list)
        for text in self._plan.texts:
            by_customer[text.customer].append(text)
        async with asyncio.TaskGroup() as running:
            for customer, texts in by_customer.items():
                # A busy one does not wait; of the others the order is known.
                for together in [[text] for text in texts] if customer < self._plan.busy else [texts]:
                    running.create_task(self._text(started, together))
            for at, doing in self._of_agents():
                running.create_task(_at(started + at, doing))
            for planned, pair in zip(self._plan.pairs, self._pairs, strict=True):
                running.create_task(self._pair(started + planned.at, pair))

        self.acknowledged += self._agents.acknowledged

    def _of_agents(self) -> list[tuple[float, Awaitable[None]]]:
        """What agents do, and when."""
        agents, plan = self._agents, self._plan
        return [
            *((reply.at, agents.reply(self._desk(reply.customer), reply)) for reply in plan.replies),
            *((later.at, agents.send_later(self._desk(later.customer), later)) for later in plan.later),
            *((first.at, agents.text_first(self._desks[first.ours], first)) for first in plan.first_texts),
        ]

    @property
    def hasty(self) -> Sequence[str]:
        """The addresses of those who text again before they are answered."""
        return self._plan.addresses[: self._plan.busy]

    @property
    def broken(self) -> Sequence[str]:
        """What of consent was not kept."""
        return [said for pair in self._pairs for said in pair.broken]

    async def _pair(self, at: float, pair: Pair) -> None:
        await _until(at)
        await pair.play()
        self.acknowledged += pair.acknowledged

    def _desk(self, customer: int) -> Desk:
        return self._desks[customer % len(self._desks)]

    async def _text(self, started: float, texts: Sequence[PlannedText]) -> None:
        """One customer's texts, one after the other."""
        for text in texts:
            await _until(started + text.at)
            said = f"text {text.number} {PRIVATE_WORD} 😀"
            sender = as_written(self._plan.addresses[text.customer], text.number)
            result = await self._desk(text.customer).text(said, sender, cut=text.cut)
            self.acknowledged[bool(result.acknowledged)] += 1


async def _at(time: float, doing: Awaitable[None]) -> None:
    await _until(time)
    await doing


async def _until(time: float) -> None:
    await asyncio.sleep(time - asyncio.get_running_loop().time())
