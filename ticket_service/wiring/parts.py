"""What the background work and the servicers share."""

from datetime import timedelta

from servicekit.audit.chain import Keys
from servicekit.clock import utc_now
from servicekit.mongo.clients import Client
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from ticket_service.domain.ai_turn import Patience
from ticket_service.mongo.store import MongoStore
from ticket_service.rpc.responder.responder_client import ResponderClient
from ticket_service.rpc.sms_client import SmsClient
from ticket_service.settings import TicketServiceSettings
from ticket_service.use_cases.ai.conversations import Conversations
from ticket_service.use_cases.channels import Channels
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.staff.known_agents import KnownAgents
from ticket_service.use_cases.tenants import Tenants
from ticket_service.use_cases.tickets import Tickets
from ticket_service.use_cases.work.offices import KnownOffices
from ticket_service.use_cases.work.snoozes import Snoozes


class Parts:
    """Built inside the running event loop; `close` ends its connections."""

    def __init__(
        self,
        settings: TicketServiceSettings,
        audit_keys: Keys,
        certificates: CertificateFolder,
        shared: Client | None = None,
    ) -> None:
        """A `shared` client of MongoDB stays open."""
        self.settings = settings
        self.audit_keys = audit_keys
        self.store = MongoStore(settings.mongodb_uri, settings.mongodb_database, audit_keys, shared=shared)
        store = self.store
        self._sms_channel = open_channel(settings.sms_service, "sms_service", certificates)
        self._responder_channel = open_channel(settings.responder_service, "responder_service", certificates)
        self.sms = SmsClient(self._sms_channel)
        self.responder = ResponderClient(self._responder_channel, settings.ai_draft_timeout_seconds)
        self.patience = Patience(
            timedelta(seconds=settings.ai_pause_seconds),
            timedelta(seconds=settings.ai_longest_pause_seconds),
            timedelta(seconds=settings.ai_greeting_wait_seconds),
        )
        self.tenants = Tenants(store.workspaces)
        self.known_agents = KnownAgents(store.agents, self.tenants.organization_of)
        self.offices = KnownOffices(store.workspaces)
        self.deliveries = Deliveries(store.tickets, utc_now)
        self.tickets = Tickets(store.tickets, store.tags, self.known_agents, utc_now)
        self.snoozes = Snoozes(store.tickets, utc_now)
        self.conversations = Conversations(store.messages, store.workspaces, store.channels)
        self.channels = Channels(
            *(store.channels, store.workspaces, self.sms, self.known_agents), utc_now, settings.default_region
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._sms_channel.close()
        await self._responder_channel.close()
        self.store.close()
