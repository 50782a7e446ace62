"""The control API from Python: with it, tests, the command line and the local stack play Twilio."""

import base64
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from dev.twilio_simulator.control.connection import ControlConnection, SimulatorError
from dev.twilio_simulator.control.records import (
    LoggedMessage,
    MediaFile,
    Number,
    TextResult,
    attempts_from,
    message_from,
    messages_from,
)

__all__ = ["LoggedMessage", "MediaFile", "Number", "SimulatorClient", "SimulatorError", "TextResult"]

ParameterValue = str | list[str] | None
FINAL_STATUSES = ("delivered", "undelivered", "failed")


class SimulatorClient:
    """One method per control call. Raises SimulatorError if refused, TimeoutError if a wait takes too long."""

    def __init__(self, base_url: str, token: str) -> None:
        """`token` is what the simulator was started with."""
        self.base_url = base_url.rstrip("/")
        self._connection = ControlConnection(self.base_url, token)
        self._call = self._connection.call

    async def __aenter__(self) -> Self:
        self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.close()

    async def health(self) -> None:
        await self._call("GET", "/health")

    async def put_account(
        self,
        account_sid: str,
        auth_token: str,
        *,
        friendly_name: str | None = None,
        public_url_map: Mapping[str, str] | None = None,
        trial: bool | None = None,
        status: str | None = None,
        refused_with: int | None = None,
    ) -> None:
        """Create or change an account; what is left out stays. `public_url_map`: public origin -> origin to connect to
        instead. Before the texts of a `trial` account Twilio puts words of its own.

        `status`: active, suspended or closed. But for an active one, texts neither come nor leave, and requests are
        answered with the code `refused_with`: 20003, 20005 or 90010.
        """
        fields = {
            "friendly_name": friendly_name,
            "public_url_map": _optional_dict(public_url_map),
            "trial": trial,
            "status": status,
            "refused_with": refused_with,
        }
        await self._call("PUT", f"/accounts/{account_sid}", {"auth_token": auth_token, **_given(fields)})

    async def create_secondary_token(self, account_sid: str) -> str:
        answer = await self._call("POST", f"/accounts/{account_sid}/secondary")
        return str(answer["secondary_auth_token"])

    async def promote_secondary_token(self, account_sid: str) -> str:
        """Make the secondary token the primary one, which signs from now on. Returns it."""
        answer = await self._call("POST", f"/accounts/{account_sid}/promote")
        return str(answer["auth_token"])

    async def sign_with_shared_key(
        self, account_sid: str, shared_key_id: str, secret: str, algorithm: str = "HMAC_SHA256"
    ) -> None:
        """Sign the account's webhooks with a shared key from now on. Algorithms: HMAC_SHA1 and HMAC_SHA256."""
        order = {"shared_key_id": shared_key_id, "secret": secret, "algorithm": algorithm}
        await self._call("PUT", f"/accounts/{account_sid}/shared-key", order)

    async def sign_with_auth_token(self, account_sid: str) -> None:
        """Sign the account's webhooks with its auth token again."""
        await self._call("DELETE", f"/accounts/{account_sid}/shared-key")

    async def put_number(
        self,
        account_sid: str,
        phone_number: str,
        *,
        friendly_name: str | None = None,
        capabilities: Sequence[str] | None = None,
        sms_url: str | None = None,
        sms_method: str | None = None,
        sms_fallback_url: str | None = None,
        sms_application_sid: str | None = None,
    ) -> Number:
        """Create or change a number; what is left out stays. Capabilities: of sms, mms, voice, fax."""
        fields = {
            "friendly_name": friendly_name,
            "capabilities": None if capabilities is None else list(capabilities),
            "sms_url": sms_url,
            "sms_method": sms_method,
            "sms_fallback_url": sms_fallback_url,
            "sms_application_sid": sms_application_sid,
        }
        answer = await self._call("PUT", f"/accounts/{account_sid}/numbers/{phone_number}", _given(fields))
        return Number(**{name: answer[name] for name in Number.__dataclass_fields__})

    async def put_service(self, account_sid: str, service_sid: str, numbers: Sequence[str], **fields: Any) -> None:
        """Create or replace a messaging service (`MG` and 32 hexadecimal digits) that has `numbers` of the account.

        `fields`: friendly_name, inbound_request_url, inbound_method, fallback_url, fallback_method,
        use_inbound_webhook_on_number.
        """
        await self._call("PUT", f"/accounts/{account_sid}/services/{service_sid}", {"numbers": list(numbers), **fields})

    async def text(  # noqa: PLR0913 - one keyword per field of the control call
        self,
        from_: str,
        to: str,
        body: str,
        *,
        account_sid: str | None = None,
        message_sid: str | None = None,
        params: Mapping[str, ParameterValue] | None = None,
        media: Sequence[MediaFile] = (),
        copies: int = 1,
        tamper: str | None = None,
        deliver: bool = True,
        wait: bool = True,
        sent_at: str | None = None,
        cut: bool = False,
    ) -> TextResult:
        """A customer texts one of our numbers.

        `params` adds, replaces or (None) removes webhook parameters before signing; `tamper` spoils the
        request: "body", "signature", "no_signature", "account" or "url". `deliver=False` only logs the text,
        as when our side was down. `sent_at` (ISO 8601) dates it. `cut`: a carrier cut
        it inside its last character, an emoji. A known `message_sid` is delivered again.
        """
        fields = {
            "account_sid": account_sid,
            "message_sid": message_sid,
            "params": _optional_dict(params),
            "tamper": tamper,
            "sent_at": sent_at,
        }
        required = {"from": from_, "to": to, "body": body, "copies": copies, "deliver": deliver, "wait": wait}
        required["cut"] = cut
        files = [_media_json(file) for file in media]
        answer = await self._call("POST", "/texts", {**required, **_given(fields), "media": files})
        return TextResult(answer["message_sid"], answer["acknowledged"], attempts_from(answer["attempts"]))

    async def sent(self, account_sid: str, from_: str, to: str, body: str, sent_at: str | None = None) -> str:
        """Another program has sent an SMS through the account; its sid. `sent_at` (ISO 8601) dates it."""
        order = {"account_sid": account_sid, "from": from_, "to": to, "body": body, **_given({"sent_at": sent_at})}
        return str((await self._call("POST", "/sent", order))["sid"])

    async def fault(
        self,
        operation: str,
        fault: str,
        *,
        milliseconds: int = 0,
        times: int | None = None,
        copies: int = 2,
    ) -> None:
        """Break the next `times` uses of an operation (None: all until cleared). See faults.py for the names.

        `milliseconds` is how long for "latency", "latency_before" and "late"; `copies` is for "repeat".
        """
        fields = {"operation": operation, "fault": fault, "milliseconds": milliseconds, "copies": copies}
        await self._call("POST", "/faults", {**fields, "times": times})

    async def faults(self) -> list[dict[str, Any]]:
        """The faults that are still in force."""
        return list((await self._call("GET", "/faults"))["faults"])

    async def clear_faults(self) -> None:
        await self._call("DELETE", "/faults")

    async def outcome(self, phone_number: str, status: str, error_code: int | None = None) -> None:
        """What becomes of messages to a number: "delivered", "undelivered", "failed", or "sent" for good."""
        await self._call("PUT", f"/outcomes/{phone_number}", {"status": status, "error_code": error_code})

    async def messages(
        self,
        *,
        account_sid: str | None = None,
        to: str | None = None,
        from_: str | None = None,
        direction: str | None = None,
    ) -> list[LoggedMessage]:
        """Twilio's log, oldest first."""
        query = _given({"account_sid": account_sid, "to": to, "from": from_, "direction": direction})
        return messages_from(await self._call("GET", "/messages", query=query))

    async def wait_for_messages(
        self,
        count: int,
        *,
        timeout: float = 60,  # noqa: ASYNC109 - the simulator does the waiting
        account_sid: str | None = None,
        to: str | None = None,
        from_: str | None = None,
        direction: str | None = None,
    ) -> list[LoggedMessage]:
        """The same, once at least `count` messages match."""
        filters = {"account_sid": account_sid, "to": to, "from": from_, "direction": direction}
        query = {**_given(filters), "wait_count": str(count), "timeout": str(timeout)}
        return messages_from(await self._call("GET", "/messages", query=query))

    async def wait_for_message(
        self,
        message_sid: str,
        *,
        statuses: Sequence[str] = FINAL_STATUSES,
        timeout: float = 60,  # noqa: ASYNC109 - the simulator does the waiting
    ) -> LoggedMessage:
        """The message, once it has been in one of the statuses and the callback that says so is settled."""
        query = {"wait_for": ",".join(statuses), "timeout": str(timeout)}
        return message_from(await self._call("GET", f"/messages/{message_sid}", query=query))

    async def reset(self) -> None:
        """Forget everything: accounts, numbers, messages, faults and outcomes."""
        await self._call("POST", "/reset")


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _optional_dict(mapping: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if mapping is None else dict(mapping)


def _media_json(file: MediaFile) -> dict[str, str]:
    return {"content_type": file.content_type, "base64": base64.b64encode(file.content).decode()}
