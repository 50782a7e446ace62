"""Which of an account's numbers have their texts taken away by a messaging service. Twilio does not say of a number
which one it is in, so they are looked at one by one: some of them, for some seconds."""

import asyncio
from collections.abc import Mapping

import structlog

from sms_service.domain.credential import Credential
from sms_service.domain.provider_errors import ProviderError
from sms_service.twilio.client import Twilio
from sms_service.twilio.records import MessagingService

_MOST_SERVICES = 20
_AT_ONCE = 4
_SECONDS = 5.0
_log = structlog.get_logger(__name__)


async def services_taking_texts(twilio: Twilio, credential: Credential) -> Mapping[str, MessagingService]:
    """Those that do not use the webhook on the number, by the ids (`PN…`) of their numbers. What Twilio does not say,
    or not in time, is left out, and the log says so: the numbers can be seen, and set up, all the same."""
    found: dict[str, MessagingService] = {}
    try:
        async with asyncio.timeout(_SECONDS):
            listed = await twilio.messaging_services(credential)
            taking = [service for service in listed.services if not service.uses_webhook_on_number]
            if listed.more or len(taking) > _MOST_SERVICES:
                _log.warning("not every messaging service was looked at", account_sid=credential.account_sid)
            at_once = asyncio.Semaphore(_AT_ONCE)
            looking = (_look_at(twilio, credential, service, found, at_once) for service in taking[:_MOST_SERVICES])
            await asyncio.gather(*looking)
    except (ProviderError, TimeoutError) as error:
        _note_missing(credential, error)
    return found


async def _look_at(
    twilio: Twilio,
    credential: Credential,
    service: MessagingService,
    found: dict[str, MessagingService],
    at_once: asyncio.Semaphore,
) -> None:
    async with at_once:
        try:
            numbers = await twilio.messaging_service_numbers(credential, service.sid)
        except ProviderError as error:
            return _note_missing(credential, error)
    return found.update(dict.fromkeys(numbers, service))


def _note_missing(credential: Credential, error: Exception) -> None:
    _log.warning(
        "messaging services cannot be looked at: one may take texts away unseen",
        account_sid=credential.account_sid,
        failure=type(error).__name__,
        twilio_code=error.code if isinstance(error, ProviderError) else 0,
    )
