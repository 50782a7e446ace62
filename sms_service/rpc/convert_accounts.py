"""Connected accounts and their SharedKeys as protobuf messages, and back."""

from collections.abc import Iterable

from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.rpc.proto_values import enum_from_proto, enum_to_proto, timestamp
from servicekit.secret import Secret
from sms_service.domain.credential import ConnectedAccount, SharedKey, StoredSharedKey
from sms_service.domain.stopped_sender import StoppedSender
from sms_service.domain.webhook_health import WebhookHealth


def account_to_proto(
    account: ConnectedAccount, stopped: Iterable[StoppedSender] = (), health: WebhookHealth | None = None
) -> pb.TwilioAccount:
    """An account, without its secrets."""
    return pb.TwilioAccount(
        account_sid=account.account_sid,
        organization_id=account.organization_id,
        display_name=account.display_name,
        auth_token_last_four=account.last_four,
        connect_time=timestamp(account.connect_time),
        stopped_senders=map(_stopped_sender_to_proto, stopped),
        rotation_start_time=timestamp(account.rotation_time),
        next_auth_token_last_four=account.next_last_four,
        shared_keys=map(_shared_key_to_proto, account.shared_keys),
        webhook_health=_health_to_proto(health) if health else None,
    )


def _health_to_proto(health: WebhookHealth) -> pb.WebhookHealth:
    trouble = pb.SIGNATURE_TROUBLE_UNSPECIFIED
    if health.trouble:
        trouble = enum_to_proto(pb.SignatureTrouble, health.trouble.value)
    return pb.WebhookHealth(
        text_time=timestamp(health.text_time),
        status_callback_time=timestamp(health.callback_time),
        refuse_time=timestamp(health.refused_time),
        signature_trouble=trouble,
    )


def _shared_key_to_proto(key: StoredSharedKey) -> pb.SharedKey:
    return pb.SharedKey(
        shared_key_id=key.shared_key_id,
        algorithm=enum_to_proto(pb.SigningAlgorithm, key.algorithm),
        create_time=timestamp(key.create_time),
    )


def _stopped_sender_to_proto(stopped: StoppedSender) -> pb.StoppedSender:
    return pb.StoppedSender(
        phone_number=stopped.key.phone_number,
        error_code=stopped.error_code,
        error_text=stopped.error_text,
        stop_time=timestamp(stopped.stop_time),
    )


def shared_key_from_proto(request: pb.AddSharedKeyRequest) -> SharedKey:
    """A SharedKey as it was given; HMAC_SHA256 unless it says so. Raises FIELD_INVALID."""
    algorithm = request.algorithm or pb.SIGNING_ALGORITHM_HMAC_SHA256
    name = enum_from_proto(pb.SigningAlgorithm, algorithm, str, "algorithm")
    return SharedKey(request.shared_key_id, name, Secret(request.secret))
