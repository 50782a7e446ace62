"""Credentials as protobuf messages, and audit entries as ticket_service takes them."""

from credentials_service.credential import Credential, SharedKey, SigningAlgorithm, Version
from credentials_service.credentials import OpenedToken
from credentials_service.keys import KeyList, Rotated, Unreadable
from credentials_service.shared_keys import OpenedSharedKey
from credentials_service.store import AuditEntry
from keva.credentials.v1 import credentials_service_pb2 as pb
from keva.ticket.v1 import actor_pb2, audit_service_pb2
from servicekit.rpc.proto_values import enum_from_proto, enum_to_proto, timestamp
from servicekit.secret import Secret


def credential_to_proto(credential: Credential) -> pb.Credential:
    """A credential's message; it has no secrets."""
    return pb.Credential(
        credential_id=credential.credential_id,
        organization_id=credential.organization_id,
        account_sid=credential.account_sid,
        display_name=credential.display_name,
        versions=[_version_to_proto(version, credential.primary_version) for version in credential.versions],
        shared_keys=map(_shared_key_to_proto, credential.shared_keys),
        create_time=timestamp(credential.create_time),
        update_time=timestamp(credential.update_time),
    )


def _version_to_proto(version: Version, primary: int) -> pb.CredentialVersion:
    state = pb.CREDENTIAL_VERSION_STATE_ENABLED if version.enabled else pb.CREDENTIAL_VERSION_STATE_DISABLED
    return pb.CredentialVersion(
        version=version.version,
        state=state,
        last_four=version.last_four,
        key_id=version.key_id,
        create_time=timestamp(version.create_time),
        primary=version.version == primary,
    )


def _shared_key_to_proto(key: SharedKey) -> pb.SharedKey:
    return pb.SharedKey(
        shared_key_id=key.shared_key_id,
        algorithm=enum_to_proto(pb.SigningAlgorithm, key.algorithm.value),
        key_id=key.key_id,
        create_time=timestamp(key.create_time),
    )


def shared_key_from_proto(request: pb.AddSharedKeyRequest) -> OpenedSharedKey:
    """A SharedKey as it was given. Raises FIELD_REQUIRED, FIELD_INVALID."""
    algorithm = enum_from_proto(pb.SigningAlgorithm, request.algorithm, SigningAlgorithm, "algorithm")
    return OpenedSharedKey(request.shared_key_id, algorithm, Secret(request.secret))


def opened_shared_key_to_proto(key: OpenedSharedKey) -> pb.SharedKeySecret:
    """A secret's message."""
    return pb.SharedKeySecret(
        shared_key_id=key.shared_key_id,
        algorithm=enum_to_proto(pb.SigningAlgorithm, key.algorithm.value),
        secret=key.secret.reveal(),
    )


def token_to_proto(token: OpenedToken) -> pb.AuthToken:
    """A secret's message."""
    return pb.AuthToken(version=token.version, auth_token=token.auth_token.reveal(), primary=token.primary)


def key_list_to_proto(listed: KeyList) -> pb.ListKeysResponse:
    """The keys' message; it has no keys, only their ids."""
    return pb.ListKeysResponse(
        keys=[
            pb.Key(
                key_id=key.key_id,
                active=key.active,
                secrets=key.secrets,
                replicas=key.replicas,
                waiting_audit_records=key.waiting_entries,
            )
            for key in listed.keys
        ],
        replicas=listed.replicas,
        problems=listed.problems,
    )


def rotated_to_proto(rotated: Rotated) -> pb.RotateKeysResponse:
    """What one part of a rotation did."""
    return pb.RotateKeysResponse(
        key_id=rotated.key_id,
        credentials=rotated.credentials,
        rewrapped=rotated.rewrapped,
        unreadable=map(_unreadable_to_proto, rotated.unreadable),
        total_credentials=rotated.total,
        next_page_token=rotated.next_token,
    )


def _unreadable_to_proto(unreadable: Unreadable) -> pb.UnreadableSecret:
    return pb.UnreadableSecret(
        organization_id=unreadable.organization_id,
        account_sid=unreadable.account_sid,
        key_id=unreadable.key_id,
        credential_id=unreadable.credential_id,
        shared_key_id=unreadable.shared_key_id,
    )


def audit_entry_to_proto(entry: AuditEntry) -> audit_service_pb2.AuditRecord:
    """An entry as AppendAuditRecords takes it."""
    kind = enum_to_proto(actor_pb2.ActorKind, entry.actor.kind.upper())
    return audit_service_pb2.AuditRecord(
        audit_record_id=entry.audit_record_id,
        organization_id=entry.organization_id,
        record_time=timestamp(entry.time),
        actor=actor_pb2.Actor(kind=kind, id=entry.actor.id),
        action=entry.action,
        subject_id=entry.subject_id,
        details=entry.details,
    )
