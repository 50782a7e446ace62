"""The session of one command."""

import client.session
from cli.settings import Settings
from client.services import Services
from client.session import Scope


class Session(client.session.Session):
    """What a command gets: the services, as its `settings` name them. Its `remarks` are said after its output."""

    def __init__(self, services: Services, settings: Settings) -> None:
        scope = Scope(settings.actor, settings.organization, settings.workspace, settings.region)
        super().__init__(services, scope)
        self.settings = settings
        self.remarks: list[str] = []


def open_services(settings: Settings) -> Services:
    """The services where the settings say that they are. Use it with `async with`."""
    addresses = {
        "ticket_service": settings.ticket_service,
        "sms_service": settings.sms_service,
        "credentials_service": settings.credentials_service,
        "responder_service": settings.responder_service,
    }
    return Services(addresses, settings.tls_dir)
