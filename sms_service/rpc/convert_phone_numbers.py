"""Numbers that an account owns as protobuf messages."""

from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.rpc.proto_values import enum_to_proto
from sms_service.domain.phone_number import RoutedNumber


def routed_number_to_proto(routed: RoutedNumber) -> pb.PhoneNumber:
    """A number that an account owns, and where its texts go."""
    number = routed.number
    return pb.PhoneNumber(
        phone_number=number.phone_number,
        phone_number_sid=number.phone_number_sid,
        account_sid=number.account_sid,
        display_name=number.display_name,
        sms_capable=number.sms_capable,
        mms_capable=number.mms_capable,
        sms_url=number.urls.url,
        sms_fallback_url=number.urls.fallback_url,
        inbound_route=enum_to_proto(pb.InboundRoute, routed.route.name),
        messaging_service_sid=routed.messaging_service_sid,
        inbound_trouble=routed.trouble,
    )
