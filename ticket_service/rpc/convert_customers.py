"""Customers."""

from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from ticket_service.domain.customer import Customer


def customer_to_proto(customer: Customer) -> pb.Customer:
    return pb.Customer(
        customer_id=customer.customer_id,
        workspace_id=customer.workspace_id,
        address=customer.address,
        display_name=customer.display_name,
        email=customer.email,
        city=customer.location.city,
        state=customer.location.state,
        country=customer.location.country,
        zip=customer.location.zip,
        opted_out=customer.opted_out,
        create_time=timestamp(customer.create_time),
        update_time=timestamp(customer.update_time),
        forget_time=timestamp(customer.forget_time),
        erase_time=timestamp(customer.erase_time),
    )
