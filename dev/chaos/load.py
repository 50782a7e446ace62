"""The load of one run: customers who text, and agents who answer, as they would in a support desk."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence

import grpc

from dev.chaos.pairs import Pair
from dev.chaos.plan import PRIVATE_WORD, Plan, PlannedReply, PlannedText
from dev.chaos.senders import as_written
from dev.local_stack.desk import Desk
from keva.ticket.v1 import message_pb2

_RETRY_SECONDS = 0.5


class Load:
    """`acknowledged` counts texts by whether their webhook was answered 200; `accepted` has the text of each reply that
    was stored, by its message id."""

    def __init__(self, desks: Sequence[Desk], plan: Plan) -> None:
        self._plan = plan
        self._desks = desks
        self.acknowledged: Counter[bool] = Counter()
        self.accepted: dict[str, str] = {}
        self._pairs = [Pair(desks, planned, self.accepted) for planned in plan.pairs]

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
            for reply in self._plan.replies:
                running.create_task(self._reply(started, reply))
            for planned, pair in zip(self._plan.pairs, self._pairs, strict=True):
                running.create_task(self._pair(started + planned.at, pair))

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

    async def _reply(self, started: float, reply: PlannedReply) -> None:
        """Asked again under the same request_id until it is stored, as callers do."""
        await _until(started + reply.at)
        while True:
            try:
                stored = await self._try_reply(reply)
            except grpc.aio.AioRpcError:
                stored = None
            if stored is not None:
                self.accepted[stored.message_id] = stored.text
                return
            await asyncio.sleep(_RETRY_SECONDS)

    async def _try_reply(self, reply: PlannedReply) -> message_pb2.Message | None:
        """None when the customer has no ticket yet."""
        desk = self._desk(reply.customer)
        tickets = await desk.tickets(self._plan.addresses[reply.customer])
        if not tickets:
            return None
        return await desk.reply(tickets[0], reply.text, f"chaos-{self._plan.seed}-{reply.number}")


async def _until(time: float) -> None:
    await asyncio.sleep(time - asyncio.get_running_loop().time())
