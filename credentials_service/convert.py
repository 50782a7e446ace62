"""Credentials as protobuf messages, and audit entries as ticket_service takes them."""

from datetime import datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from credentials_service import errors
from credentials_service.credential import Credential, SharedKey, SigningAlgorithm, Version
from credentials_service.credentials import OpenedToken
from credentials_service.keys import KeyList, Rotated
from credentials_service.shared_keys import OpenedSharedKey
from credentials_service.store import AuditEntry
from keva.credentials.v1 import credentials_service_pb2 as pb
from keva.ticket.v1 import actor_pb2, audit_service_pb2
from servicekit.secret import Secret


def require(request: Message, *fields: str) -> None:
    """Raises FIELD_REQUIRED for the first of `fields` that is empty."""
    for field in fields:
        if not getattr(request, field):
            raise errors.required(field)


def _timestamp(time: datetime) -> Timestamp:
    value = Timestamp()
    value.FromDatetime(time)
    return value


def from_credential(credential: Credential) -> pb.Credential:
    """A credential's message; it has no secrets."""
    return pb.Credential(
        credential_id=credential.credential_id,
        organization_id=credential.organization_id,
        account_sid=credential.account_sid,
        display_name=credential.display_name,
        versions=[_from_version(version, credential.primary_version) for version in credential.versions],
        shared_keys=map(_from_shared_key, credential.shared_keys),
        create_time=_timestamp(credential.create_time),
        update_time=_timestamp(credential.update_time),
    )


def _from_version(version: Version, primary: int) -> pb.CredentialVersion:
    state = pb.CREDENTIAL_VERSION_STATE_ENABLED if version.enabled else pb.CREDENTIAL_VERSION_STATE_DISABLED
    return pb.CredentialVersion(
        version=version.version,
        state=state,
        last_four=version.last_four,
        key_id=version.key_id,
        create_time=_timestamp(version.create_time),
        primary=version.version == primary,
    )


def _from_shared_key(key: SharedKey) -> pb.SharedKey:
    return pb.SharedKey(
        shared_key_id=key.shared_key_id,
        algorithm=_from_algorithm(key.algorithm),
        key_id=key.key_id,
        create_time=_timestamp(key.create_time),
    )


def _from_algorithm(algorithm: SigningAlgorithm) -> pb.SigningAlgorithm.ValueType:
    return pb.SigningAlgorithm.Value(f"SIGNING_ALGORITHM_{algorithm.value}")


def to_shared_key(request: pb.AddSharedKeyRequest) -> OpenedSharedKey:
    """A SharedKey as it was given. Raises FIELD_REQUIRED, FIELD_INVALID."""
    require(request, "algorithm")
    try:
        name = pb.SigningAlgorithm.Name(request.algorithm)
    except ValueError:
        raise errors.invalid("algorithm", "is none that Twilio has") from None
    algorithm = SigningAlgorithm(name.removeprefix("SIGNING_ALGORITHM_"))
    return OpenedSharedKey(request.shared_key_id, algorithm, Secret(request.secret))


def from_opened_shared_key(key: OpenedSharedKey) -> pb.SharedKeySecret:
    """A secret's message."""
    return pb.SharedKeySecret(
        shared_key_id=key.shared_key_id, algorithm=_from_algorithm(key.algorithm), secret=key.secret.reveal()
    )


def from_token(token: OpenedToken) -> pb.AuthToken:
    """A secret's message."""
    return pb.AuthToken(version=token.version, auth_token=token.auth_token.reveal(), primary=token.primary)


def from_key_list(listed: KeyList) -> pb.ListKeysResponse:
    """The keys' message; it has no keys, only their ids."""
    return pb.ListKeysResponse(
        keys=[
            pb.Key(key_id=key.key_id, active=key.active, secrets=key.secrets, replicas=key.replicas)
            for key in listed.keys
        ],
        replicas=listed.replicas,
        problems=listed.problems,
    )


def from_rotated(rotated: Rotated) -> pb.RotateKeysResponse:
    """What one part of a rotation did."""
    return pb.RotateKeysResponse(
        key_id=rotated.key_id,
        credentials=rotated.credentials,
        rewrapped=rotated.rewrapped,
        unreadable=[
            pb.UnreadableSecret(organization_id=u.organization_id, account_sid=u.account_sid, key_id=u.key_id)
            for u in rotated.unreadable
        ],
        total_credentials=rotated.total,
        next_page_token=rotated.next_token,
    )


def to_audit_record(entry: AuditEntry) -> audit_service_pb2.AuditRecord:
    """An entry as AppendAuditRecords takes it."""
    kind = actor_pb2.ActorKind.Value(f"ACTOR_KIND_{entry.actor.kind.upper()}")
    return audit_service_pb2.AuditRecord(
        audit_record_id=entry.audit_record_id,
        organization_id=entry.organization_id,
        record_time=_timestamp(entry.time),
        actor=actor_pb2.Actor(kind=kind, id=entry.actor.id),
        action=entry.action,
        subject_id=entry.subject_id,
        details=entry.details,
    )
