"""Customers."""

from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from ticket_service.domain.customer import Customer
from ticket_service.domain.texts.consent import EVERY_NUMBER, Consent


def customer_to_proto(customer: Customer) -> pb.Customer:
    no_texts = customer.no_texts
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
        consents=map(_consent_to_proto, customer.consents),
        no_texts_reason=no_texts.reason if no_texts else "",
        no_texts_time=timestamp(no_texts.time) if no_texts else None,
    )


def _consent_to_proto(consent: Consent) -> pb.Consent:
    return pb.Consent(
        channel_address="" if consent.our_number == EVERY_NUMBER else consent.our_number,
        opted_out=consent.opted_out,
        consent_time=timestamp(consent.time),
    )
