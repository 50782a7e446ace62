"""Customers."""

from keva.ticket.v1 import actor_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import enum_to_proto, timestamp
from ticket_service.domain.audit import Actor
from ticket_service.domain.customer import Customer
from ticket_service.domain.texts.consent import EVERY_NUMBER, Consent, ConsentSource
from ticket_service.rpc.convert_values import actor_to_proto


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
        consents=[*map(_consent_to_proto, customer.consents), *_of_all_numbers(customer)],
        no_texts_reason=no_texts.reason if no_texts else "",
        no_texts_time=timestamp(no_texts.time) if no_texts else None,
        blocked_time=timestamp(customer.blocked_time),
        block_reason=customer.block_reason,
        blocked_by=_by(customer.blocked_by),
    )


def _consent_to_proto(consent: Consent) -> pb.Consent:
    return pb.Consent(
        channel_address="" if consent.our_number == EVERY_NUMBER else consent.our_number,
        opted_out=consent.opted_out,
        consent_time=timestamp(consent.time),
        source=enum_to_proto(pb.ConsentSource, consent.source.value if consent.source else ""),
        reason=consent.reason,
        actor=_by(consent.by),
    )


def _of_all_numbers(customer: Customer) -> list[pb.Consent]:
    """What somebody noted, or a list said; what counts is the first."""
    said = []
    if no := customer.no_texts:
        said.append(_consent_to_proto(Consent(EVERY_NUMBER, True, no.time, ConsentSource.AGENT, no.reason, no.by)))
    if yes := customer.takes_texts:
        said.append(_consent_to_proto(Consent(EVERY_NUMBER, False, yes.time, yes.source, yes.reason, yes.by)))
        said[-1].set_aside = customer.no_texts is not None
    return said


def _by(actor: Actor | None) -> actor_pb2.Actor | None:
    return actor_to_proto(actor) if actor else None
