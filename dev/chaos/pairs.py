"""Consent pairs in the load: customers who stop one of our numbers, ask another one meanwhile, and come back."""

from collections import Counter
from collections.abc import Sequence

import grpc

from dev.chaos.asking import until_answered
from dev.chaos.plan import PRIVATE_WORD, PlannedPair
from dev.local_stack.desk import Desk
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error


class Pair:
    """One such customer. `broken` says which promise was not kept; `accepted` has the text of each reply that was
    stored, by its message id."""

    def __init__(self, desks: Sequence[Desk], planned: PlannedPair, accepted: dict[str, str]) -> None:
        self._stopped, self._asked = desks[planned.stopped], desks[planned.asked]
        self._planned = planned
        self._accepted = accepted
        self.acknowledged: Counter[bool] = Counter()
        self.broken: list[str] = []

    async def play(self) -> None:
        """Each step waits until the one before is in the database, however its webhook fared."""
        await self._text(self._stopped, f"text 0 {PRIVATE_WORD}")
        await self._text(self._stopped, "STOP")
        await self._text(self._asked, f"text 0 {PRIVATE_WORD}")
        if await self._answer(self._stopped, "stopped") != "RECIPIENT_OPTED_OUT":
            self.broken.append(f"customer {self._planned.number} was answered on the number that they had stopped")
        if refusal := await self._answer(self._asked, "asked"):
            self.broken.append(f"customer {self._planned.number} was not answered where they asked: {refusal}")
        await self._text(self._stopped, "START")
        if refusal := await self._answer(self._stopped, "back"):
            self.broken.append(f"customer {self._planned.number} was not answered after START: {refusal}")

    async def _text(self, desk: Desk, body: str) -> None:
        result = await desk.text(body, self._planned.address)
        self.acknowledged[bool(result.acknowledged)] += 1

        async def is_stored() -> bool | None:
            ticket = await self._ticket(desk)
            messages = await desk.messages(ticket) if ticket else []
            return any(message.twilio_message_sid == result.message_sid for message in messages) or None

        await until_answered(is_stored)

    async def _answer(self, desk: Desk, name: str) -> str:
        """An agent's answer, asked for under one request_id until it is stored; the reason when it is refused."""

        async def reply() -> message_pb2.Message | str:
            ticket = await self._ticket(desk)
            assert ticket is not None
            request_id = f"chaos-pair-{self._planned.number}-{name}"
            try:
                return await desk.reply(ticket, f"{name} {self._planned.number} {PRIVATE_WORD}", request_id)
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.FAILED_PRECONDITION:
                    return as_keva_error(error).reason
                raise

        answer: message_pb2.Message | str = await until_answered(reply)
        if isinstance(answer, str):
            return answer
        self._accepted[answer.message_id] = answer.text
        return ""

    async def _ticket(self, desk: Desk) -> ticket_service_pb2.Ticket | None:
        return next(iter(await desk.tickets(self._planned.address)), None)
