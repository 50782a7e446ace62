"""Whom Twilio calls for a text: the number's own webhook, or its messaging service's."""

from dataclasses import dataclass

from dev.twilio_simulator.directory import Number
from dev.twilio_simulator.state import Simulator


@dataclass(frozen=True)
class Target:
    """Whom Twilio calls for a text, and whom when that fails."""

    url: str
    method: str
    fallback_url: str
    fallback_method: str


def target_of(simulator: Simulator, number: Number) -> Target | None:
    """Rule: https://www.twilio.com/docs/messaging/api/service-resource. A number without a URL, or with a TwiML App
    (which the simulator does not have), calls nobody."""
    service = simulator.directory.service_of(number)
    if service is not None and not service.use_inbound_webhook_on_number:
        url, fallback = service.inbound_request_url or "", service.fallback_url or ""
        return Target(url, service.inbound_method, fallback, service.fallback_method) if url else None
    if not number.sms_url or number.sms_application_sid:
        return None
    return Target(number.sms_url, number.sms_method, number.sms_fallback_url, number.sms_fallback_method)


def swallows(simulator: Simulator, number: Number) -> bool:
    """Whether the number's texts are not even logged: its messaging service has inbound messages switched off, or its
    account is suspended (https://www.twilio.com/docs/iam/api/subaccounts)."""
    account = simulator.directory.accounts.get(number.account_sid)
    if account is not None and not account.is_active:
        return True
    service = simulator.directory.service_of(number)
    return service is not None and not service.use_inbound_webhook_on_number and not service.inbound_request_url
