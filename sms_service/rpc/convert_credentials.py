"""credentials_service's protobuf messages as this service has them."""

from datetime import UTC

from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit.secret import Secret
from sms_service.domain.credential import ConnectedAccount, Credential, SharedKey, StoredSharedKey


def credential_from_proto(account_sid: str, answer: pb.AccessCredentialResponse) -> Credential:
    """An account's secrets, the Auth Token in use first. `account_sid` in the spelling that was asked for."""
    tokens = sorted(answer.auth_tokens, key=lambda token: not token.primary)
    return Credential(
        answer.credential.organization_id,
        account_sid,
        tuple(Secret(token.auth_token) for token in tokens),
        tuple(
            SharedKey(key.shared_key_id, _algorithm_from_proto(key.algorithm), Secret(key.secret))
            for key in answer.shared_keys
        ),
        len(answer.unreadable_versions),
        tuple(answer.unreadable_shared_keys),
    )


def account_from_proto(credential: pb.Credential) -> ConnectedAccount:
    """An account, without its secrets."""
    enabled = [v for v in credential.versions if v.state == pb.CREDENTIAL_VERSION_STATE_ENABLED]
    in_use, coming = [v for v in enabled if v.primary], [v for v in enabled if not v.primary]
    return ConnectedAccount(
        account_sid=credential.account_sid,
        organization_id=credential.organization_id,
        display_name=credential.display_name,
        last_four=(in_use or enabled)[-1].last_four if enabled else "",
        connect_time=credential.create_time.ToDatetime(UTC),
        next_last_four=coming[-1].last_four if in_use and coming else "",
        rotation_time=coming[0].create_time.ToDatetime(UTC) if in_use and coming else None,
        shared_keys=tuple(
            StoredSharedKey(k.shared_key_id, _algorithm_from_proto(k.algorithm), k.create_time.ToDatetime(UTC))
            for k in credential.shared_keys
        ),
    )


def _algorithm_from_proto(algorithm: pb.SigningAlgorithm.ValueType) -> str:
    """Twilio's word; one that a newer peer has signs nothing here."""
    known = {number: name for name, number in pb.SigningAlgorithm.items()}
    return known.get(algorithm, "UNSPECIFIED").removeprefix("SIGNING_ALGORITHM_")
