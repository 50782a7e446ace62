"""What the other services' messages become here, and ours there, at the edges where they do not fit."""

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from keva.credentials.v1 import credentials_service_pb2 as credentials_pb
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from servicekit.errors import InvalidArgument
from servicekit.rpc.proto_values import timestamp
from servicekit.secret import Secret
from sms_service.domain.backfill_number import MissingText, SubscribedNumber
from sms_service.domain.credential import SharedKey
from sms_service.domain.delivery import Delivery, DeliveryNews, advance, refuse
from sms_service.domain.message import InboundMessage, ReceivedMessage
from sms_service.rpc.convert_accounts import account_to_proto, shared_key_from_proto
from sms_service.rpc.convert_backfill import since_from_proto
from sms_service.rpc.convert_credentials import account_from_proto, credential_from_proto
from sms_service.rpc.convert_deliveries import delivery_to_proto
from sms_service.rpc.convert_messages import inbound_message_to_proto, missing_text_to_proto
from sms_service.twilio.errors import explain

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NUMBER = SubscribedNumber("default", "AC1", "+15550001000", NOON)
ENABLED, DISABLED = (
    credentials_pb.CREDENTIAL_VERSION_STATE_ENABLED,
    credentials_pb.CREDENTIAL_VERSION_STATE_DISABLED,
)


def _version(number: int, state: int, primary: bool = False) -> credentials_pb.CredentialVersion:
    return credentials_pb.CredentialVersion(
        version=number,
        state=state,  # type: ignore[arg-type]
        last_four=f"000{number}",
        create_time=timestamp(NOON + timedelta(days=number)),
        primary=primary,
    )


def _stored(*versions: credentials_pb.CredentialVersion, algorithm: int = 1) -> credentials_pb.Credential:
    key = credentials_pb.SharedKey(shared_key_id="key-1", algorithm=algorithm, create_time=timestamp(NOON))  # type: ignore[arg-type]
    return credentials_pb.Credential(
        account_sid="AC1", organization_id="default", versions=versions, shared_keys=[key], create_time=timestamp(NOON)
    )


def test_token_in_use_comes_first_and_the_account_in_the_spelling_that_was_asked_for() -> None:
    answer = credentials_pb.AccessCredentialResponse(
        credential=credentials_pb.Credential(organization_id="default", account_sid="ACab"),
        auth_tokens=[
            credentials_pb.AuthToken(version=2, auth_token="coming"),
            credentials_pb.AuthToken(version=1, auth_token="in use", primary=True),
        ],
        shared_keys=[
            credentials_pb.SharedKeySecret(
                shared_key_id="key-1", algorithm=credentials_pb.SIGNING_ALGORITHM_HMAC_SHA256, secret="secret"
            )
        ],
    )

    credential = credential_from_proto("ACAB", answer)

    assert (credential.organization_id, credential.account_sid) == ("default", "ACAB")
    assert credential.auth_tokens == (Secret("in use"), Secret("coming"))
    assert credential.shared_keys == (SharedKey("key-1", "HMAC_SHA256", Secret("secret")),)


def test_account_shows_the_token_in_use_and_the_one_to_come() -> None:
    account = account_from_proto(_stored(_version(1, DISABLED), _version(2, ENABLED, primary=True)))
    rotating = account_from_proto(_stored(_version(2, ENABLED, primary=True), _version(3, ENABLED)))

    assert (account.last_four, account.next_last_four, account.rotation_time) == ("0002", "", None)
    assert (rotating.last_four, rotating.next_last_four) == ("0002", "0003")
    assert rotating.rotation_time == NOON + timedelta(days=3)
    assert not account_to_proto(account).HasField("rotation_start_time")


def test_algorithm_of_a_newer_credentials_service_is_shown_as_unknown() -> None:
    account = account_from_proto(_stored(algorithm=99))

    assert account_to_proto(account).shared_keys[0].algorithm == pb.SIGNING_ALGORITHM_UNSPECIFIED


def test_shared_key_signs_with_sha256_unless_it_says_so() -> None:
    request = pb.AddSharedKeyRequest(shared_key_id="key-1", secret="secret")

    assert shared_key_from_proto(request).algorithm == "HMAC_SHA256"
    with pytest.raises(InvalidArgument) as refused:
        shared_key_from_proto(pb.AddSharedKeyRequest(algorithm=99))  # type: ignore[arg-type]
    assert refused.value.metadata == {"field": "algorithm"}


@pytest.mark.parametrize(
    ("given", "kept"), [("STOP", "STOP"), ("HELP", "HELP"), ("", "UNSPECIFIED"), ("NEW", "UNSPECIFIED")]
)
def test_opt_out_type_that_nobody_knows_is_left_out(given: str, kept: str) -> None:
    message = InboundMessage("AC1", "SM1", "+1", "+2", "hi", "", "", "", "", given, ())

    assert inbound_message_to_proto(message).opt_out_type == message_pb2.OptOutType.Value(f"OPT_OUT_TYPE_{kept}")


@pytest.mark.parametrize("sender", ["+12065550100", "12345", "ACME", "💥"])
def test_missing_text_comes_from_whoever_the_log_names(sender: str) -> None:
    text = MissingText(ReceivedMessage("SM1", sender, "+15550001000", "hi", 0, NOON), NOON)

    message = missing_text_to_proto(text, NUMBER)

    assert (message.customer_address, message.channel_address) == (sender, NUMBER.phone_number)
    assert message.recovered
    assert message.sent_time == timestamp(NOON)


def test_comparison_begins_where_it_is_asked_to() -> None:
    assert since_from_proto(pb.BackfillMessagesRequest()) is None
    assert since_from_proto(pb.BackfillMessagesRequest(since_time=timestamp(NOON))) == NOON
    with pytest.raises(InvalidArgument) as refused:
        since_from_proto(pb.BackfillMessagesRequest(since_time=Timestamp(seconds=10**15)))
    assert refused.value.metadata == {"field": "since_time"}


def test_delivery_says_what_follows_from_its_failure() -> None:
    delivery = Delivery("msg_1", "default", "default", "AC1", "+1", "+2", NOON, NOON)

    opted_out = delivery_to_proto(refuse(delivery, explain(21610)))
    switched_off = delivery_to_proto(advance(delivery, DeliveryNews("SM1", "undelivered", explain(30003))))
    sent = delivery_to_proto(advance(delivery, DeliveryNews("SM1", "sent")))

    assert [(u.state, u.opted_out, u.temporary) for u in (opted_out, switched_off, sent)] == [
        (message_pb2.DELIVERY_STATE_FAILED, True, False),
        (message_pb2.DELIVERY_STATE_FAILED, False, True),
        (message_pb2.DELIVERY_STATE_SENT, False, False),
    ]
