"""Whether each of Keva's processes answers, and is ready."""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus

import grpc
from grpc_health.v1 import health_pb2

from cli.hints.failures import AUTHORITY, address_option, start_or_name
from cli.session import Session
from client.doctor.finding import Condition, Finding
from client.session import distrust

_SECONDS = 5.0


async def services(session: Session) -> list[Finding]:
    """One finding per process: the gateway, and each address of the services."""
    checks = [_service(session, service, address) for service, address in addresses(session)]
    return list(await asyncio.gather(_gateway(session.settings.gateway_health), *checks))


def addresses(session: Session) -> Iterable[tuple[str, str]]:
    """Each service with each address of the settings; a console there need not be. A name in DNS may stand for several,
    of which one is asked."""
    named = {service: several for service, several in session.services.addresses.items() if several}
    return ((service, address.strip()) for service, several in named.items() for address in several.split(","))


async def _gateway(url: str) -> Finding:
    # Importing it takes a fifth of the time of all other commands.
    import aiohttp  # noqa: PLC0415

    facts = {"url": url}
    try:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(f"{url.rstrip('/')}/readyz") as answer:
            status, said = answer.status, await answer.text()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        advice = start_or_name("--gateway-health or KEVA_GATEWAY_HEALTH_URL")
        return Finding("gateway", Condition.NO_ANSWER, f"does not answer at {url}", advice, facts)
    if status == HTTPStatus.OK:
        return Finding("gateway", Condition.OK, f"takes texts ({url})", facts=facts)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        advice = "Twilio gets 503 and tries again later: fix what the gateway waits for."
        return Finding("gateway", Condition.WRONG, f"takes no texts: {said[:200].strip()}", advice, facts)
    advice = "Is that Keva's gateway? Name its health address with --gateway-health or KEVA_GATEWAY_HEALTH_URL."
    return Finding("gateway", Condition.WRONG, f"answers {status} at {url}", advice, facts)


async def _service(session: Session, service: str, address: str) -> Finding:
    facts = {"address": address}
    # It may be somebody else's.
    name = "responder" if service == "responder_service" else service
    try:
        request = health_pb2.HealthCheckRequest()
        status = (await session.services.health(service, address).Check(request, timeout=_SECONDS)).status
    except grpc.aio.AioRpcError as error:
        if why := distrust(error):
            return Finding(name, Condition.WRONG, f"cannot be trusted at {address}: {why}", AUTHORITY, facts)
        return _without_health(name, service, address, error.code())
    if status == health_pb2.HealthCheckResponse.SERVING:
        return Finding(name, Condition.OK, f"is ready at {address}", facts=facts)
    advice = "It is starting, ending, or waiting for something; if that lasts, its log says for what."
    return Finding(name, Condition.WRONG, f"is not ready at {address}", advice, facts)


def _without_health(name: str, service: str, address: str, code: grpc.StatusCode) -> Finding:
    facts = {"address": address}
    if code in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.NOT_FOUND):
        return Finding(name, Condition.NOTE, f"answers at {address}, but does not report its health", facts=facts)
    advice = start_or_name(address_option(service))
    if service == "responder_service":
        advice = f"If it is a responder of your own, start that. {advice}"
    return Finding(name, Condition.NO_ANSWER, f"does not answer at {address}", advice, facts)
