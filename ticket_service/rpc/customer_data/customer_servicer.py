"""The RPCs of TicketService that are about customers: from proto, use case, to proto."""

from dataclasses import dataclass
from typing import Any

import grpc

from keva.ticket.v1 import customer_import_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.domain.customer import EDITABLE_FIELDS
from ticket_service.rpc.convert_customers import customer_to_proto
from ticket_service.rpc.convert_messages import message_to_proto
from ticket_service.rpc.convert_values import acting, paths_from_proto
from ticket_service.rpc.customer_data.convert_imports import options_from_proto, outcome_to_proto, row_from_proto
from ticket_service.rpc.customer_data.customer_note_servicer import CustomerNoteServicer
from ticket_service.use_cases.customer_data.blocking import Blocking
from ticket_service.use_cases.customer_data.imports import Imports
from ticket_service.use_cases.customer_data.texts import TextsWithoutTicket
from ticket_service.use_cases.customers import Customers

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class AboutCustomers:
    """What can be asked for of customers."""

    customers: Customers
    blocking: Blocking
    imports: Imports
    texts: TextsWithoutTicket


class CustomerServicer(CustomerNoteServicer):
    """ticket_service.proto says what each RPC does."""

    about_customers: AboutCustomers

    async def GetCustomer(self, request: pb.GetCustomerRequest, context: Context) -> pb.GetCustomerResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self.about_customers.customers.get(request.workspace_id, request.customer_id)
        return pb.GetCustomerResponse(customer=customer_to_proto(customer))

    async def ListCustomers(self, request: pb.ListCustomersRequest, context: Context) -> pb.ListCustomersResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self.about_customers.customers.list_customers(
            request.workspace_id, page, request.address, request.text, request.blocked
        )
        return pb.ListCustomersResponse(customers=map(customer_to_proto, found), next_page_token=token)

    async def UpdateCustomer(self, request: pb.UpdateCustomerRequest, context: Context) -> pb.UpdateCustomerResponse:
        require(request, "workspace_id")
        require(request.customer, "customer_id")
        values = {
            path: getattr(request.customer, path) for path in paths_from_proto(request.update_mask, EDITABLE_FIELDS)
        }
        customer = await self.about_customers.customers.update(
            request.workspace_id, request.customer.customer_id, values, acting()
        )
        return pb.UpdateCustomerResponse(customer=customer_to_proto(customer))

    async def SetConsent(self, request: pb.SetConsentRequest, context: Context) -> pb.SetConsentResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self.about_customers.customers.set_consent(
            request.workspace_id, request.customer_id, request.no_texts, request.reason, acting()
        )
        return pb.SetConsentResponse(customer=customer_to_proto(customer))

    async def BlockCustomer(self, request: pb.BlockCustomerRequest, context: Context) -> pb.BlockCustomerResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self.about_customers.blocking.block(
            request.workspace_id, request.customer_id, request.reason, acting()
        )
        return pb.BlockCustomerResponse(customer=customer_to_proto(customer))

    async def UnblockCustomer(self, request: pb.UnblockCustomerRequest, context: Context) -> pb.UnblockCustomerResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self.about_customers.blocking.unblock(
            request.workspace_id, request.customer_id, acting(), request.as_before
        )
        return pb.UnblockCustomerResponse(customer=customer_to_proto(customer))

    async def ListTextsWithoutTicket(
        self, request: pb.ListTextsWithoutTicketRequest, context: Context
    ) -> pb.ListTextsWithoutTicketResponse:
        require(request, "workspace_id", "customer_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self.about_customers.texts.list_texts(request.workspace_id, request.customer_id, page)
        return pb.ListTextsWithoutTicketResponse(messages=map(message_to_proto, found), next_page_token=token)

    async def ImportCustomers(
        self, request: customer_import_pb2.ImportCustomersRequest, context: Context
    ) -> customer_import_pb2.ImportCustomersResponse:
        require(request, "workspace_id")
        rows = [row_from_proto(row) for row in request.rows]
        outcomes = await self.about_customers.imports.import_customers(
            request.workspace_id, rows, options_from_proto(request), acting()
        )
        return customer_import_pb2.ImportCustomersResponse(outcomes=map(outcome_to_proto, outcomes))

    async def ForgetCustomer(self, request: pb.ForgetCustomerRequest, context: Context) -> pb.ForgetCustomerResponse:
        require(request, "workspace_id", "customer_id")
        customer = await self.about_customers.customers.forget(request.workspace_id, request.customer_id, acting())
        return pb.ForgetCustomerResponse(customer=customer_to_proto(customer))
