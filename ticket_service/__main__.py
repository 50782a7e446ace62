"""Starts ticket_service: reads settings, builds the objects, serves, drains."""

import asyncio

from keva.ticket.v1 import (
    audit_service_pb2_grpc,
    channel_service_pb2_grpc,
    ticket_service_pb2_grpc,
    workspace_service_pb2_grpc,
)
from servicekit import logs, server
from servicekit.channel import open_channel
from servicekit.clock import utc_now
from servicekit.mongodb import as_keva_error
from servicekit.settings import load
from ticket_service.audit_trail import AuditTrail
from ticket_service.auto_close import AutoClose
from ticket_service.channels import Channels
from ticket_service.customers import Customers
from ticket_service.deliveries import Deliveries
from ticket_service.ingest import Ingest
from ticket_service.mongo_store import MongoStore
from ticket_service.organization_servicer import AuditServicer, ChannelServicer, WorkspaceServicer
from ticket_service.outbox_relay import OutboxRelay
from ticket_service.replies import Replies
from ticket_service.servicer import TicketServicer
from ticket_service.settings import TicketServiceSettings
from ticket_service.sms_client import SmsClient
from ticket_service.tickets import Tickets
from ticket_service.workspaces import Workspaces

RPC_SERVICES = tuple(
    f"keva.ticket.v1.{name}" for name in ("TicketService", "WorkspaceService", "ChannelService", "AuditService")
)


async def run(settings: TicketServiceSettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    store = MongoStore(settings.mongodb_uri, settings.mongodb_database)
    sms_channel = open_channel(settings.sms_service, "ticket_service")
    sms = SmsClient(sms_channel)
    region = settings.default_region
    deliveries = Deliveries(store.tickets, utc_now)
    tickets = Tickets(store.tickets, store.messages, store.customers, utc_now, region)
    relay = OutboxRelay(store.messages, store.tickets, deliveries, sms, utc_now, settings.outbox_poll_seconds)
    auto_close = AutoClose(store.tickets, store.workspaces, tickets, utc_now, settings.auto_close_poll_seconds)
    ticket_servicer = TicketServicer(
        Ingest(store.ingest, utc_now),
        tickets,
        Replies(store.tickets, utc_now, relay.wake),
        deliveries,
        Customers(store.customers, utc_now, region),
    )
    channels = Channels(store.channels, store.workspaces, sms, utc_now, region)
    grpc_server = server.GrpcServer("ticket_service", RPC_SERVICES, settings.reflection, as_keva_error)
    ticket_service_pb2_grpc.add_TicketServiceServicer_to_server(ticket_servicer, grpc_server.grpc)
    workspace_service_pb2_grpc.add_WorkspaceServiceServicer_to_server(
        WorkspaceServicer(Workspaces(store.workspaces, utc_now)), grpc_server.grpc
    )
    channel_service_pb2_grpc.add_ChannelServiceServicer_to_server(ChannelServicer(channels), grpc_server.grpc)
    audit_service_pb2_grpc.add_AuditServiceServicer_to_server(AuditServicer(AuditTrail(store.audit)), grpc_server.grpc)
    try:
        await server.serve(
            grpc_server,
            settings.grpc_listen,
            lambda: store.prepare(utc_now()),
            as_keva_error,
            (relay.run, auto_close.run),
            settings.drain_seconds,
        )
    finally:
        await sms_channel.close()
        store.close()


def main() -> None:
    """The process."""
    settings = load(TicketServiceSettings)
    logs.configure("ticket_service", settings.log_level)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
