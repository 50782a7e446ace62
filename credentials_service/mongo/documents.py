"""Credentials and replicas as documents, and back. Somebody else may have written anything into one."""

from datetime import datetime
from typing import Any, TypeVar

from credentials_service.credential import Credential, Sealed, SharedKey, SigningAlgorithm, Version, to_account_sid
from credentials_service.store import Malformed, Replica
from servicekit.errors import InvalidArgument
from servicekit.mongo.readable import UnreadableError

Document = dict[str, Any]
Value = TypeVar("Value")
# Of a credential's id: page tokens hold it.
_ID_CHARACTERS = 100
# Protobuf's int32.
_MOST_VERSIONS = 2**31 - 1
# MongoDB's int64, less the one that the next change adds.
_MOST_REVISIONS = 2**63 - 2


def credential_to_update(credential: Credential) -> Document:
    """What writes it into its document, and leaves alone what else stands there."""
    fields = credential_to_document(credential)
    del fields["_id"]
    return {"$set": fields}


def credential_to_document(credential: Credential) -> Document:
    """The whole document."""
    return {
        "_id": credential.credential_id,
        "organization_id": credential.organization_id,
        "account_sid": credential.account_sid,
        "display_name": credential.display_name,
        "versions": [_version_to_document(version) for version in credential.versions],
        "create_time": credential.create_time,
        "update_time": credential.update_time,
        "revision": credential.revision,
        "shared_keys": [_shared_key_to_document(key) for key in credential.shared_keys],
    }


def _version_to_document(version: Version) -> Document:
    document: Document = {
        "version": version.version,
        "last_four": version.last_four,
        "key_id": version.key_id,
        "create_time": version.create_time,
        "enabled": version.enabled,
    }
    if version.sealed is not None:
        document |= _sealed_to_document(version.sealed)
    return document


def _shared_key_to_document(key: SharedKey) -> Document:
    return {
        "shared_key_id": key.shared_key_id,
        "algorithm": key.algorithm.value,
        "key_id": key.key_id,
        "create_time": key.create_time,
        **_sealed_to_document(key.sealed),
    }


def _sealed_to_document(sealed: Sealed) -> Document:
    return {
        "wrapped_data_key": sealed.wrapped_data_key,
        "ciphertext": sealed.ciphertext,
        "bound_key_id": sealed.bound_key_id,
    }


def credential_from_document(document: Document) -> Credential:
    """The credential; what else stands in the document is passed over. Raises UnreadableError."""
    credential_id = _field(document, "_id", str)
    if not (credential_id.isprintable() and 0 < len(credential_id) <= _ID_CHARACTERS):
        raise UnreadableError("_id is not a valid id")
    whole: Document = {"revision": 1, "shared_keys": [], **document}
    return Credential(
        credential_id=credential_id,
        organization_id=_field(document, "organization_id", str),
        account_sid=_field(document, "account_sid", str),
        display_name=_field(document, "display_name", str),
        versions=tuple(_version_from_document(version) for version in _field(document, "versions", list)),
        create_time=_field(document, "create_time", datetime),
        update_time=_field(document, "update_time", datetime),
        revision=_revision(whole),
        shared_keys=tuple(_shared_key_from_document(key) for key in _field(whole, "shared_keys", list)),
    )


def _revision(document: Document) -> int:
    revision = _field(document, "revision", int)
    if isinstance(revision, bool) or not 1 <= revision <= _MOST_REVISIONS:
        raise UnreadableError("revision is not a valid revision")
    return revision


def unchanged(credential: Credential) -> Document:
    """Matches its document, unless somebody has changed it since it was read."""
    # A document without a revision is read as of the first one.
    revision: Any = {"$in": [1, None]} if credential.revision == 1 else credential.revision
    return {"_id": credential.credential_id, "revision": revision}


def _version_from_document(document: Any) -> Version:
    """An enabled version that lost its ciphertext stays enabled, and turns out to be unreadable: somebody must know."""
    version = _field(document, "version", int)
    if not 1 <= version <= _MOST_VERSIONS:
        raise UnreadableError("version is not a valid version")
    return Version(
        version=version,
        last_four=_field(document, "last_four", str),
        key_id=_field(document, "key_id", str),
        create_time=_field(document, "create_time", datetime),
        sealed=_sealed_from_document(document) if document.get("enabled", True) else None,
    )


def _shared_key_from_document(document: Any) -> SharedKey:
    return SharedKey(
        shared_key_id=_field(document, "shared_key_id", str),
        algorithm=_algorithm(_field(document, "algorithm", str)),
        key_id=_field(document, "key_id", str),
        create_time=_field(document, "create_time", datetime),
        sealed=_sealed_from_document(document),
    )


def _algorithm(name: str) -> SigningAlgorithm:
    try:
        return SigningAlgorithm(name)
    except ValueError:
        raise UnreadableError("algorithm is not one that this version knows") from None


def _sealed_from_document(document: Document) -> Sealed:
    key_id = _field(document, "key_id", str)
    wrapped, ciphertext = (_bytes(document.get(name)) for name in ("wrapped_data_key", "ciphertext"))
    # Documents without it are from before secrets could be wrapped again.
    return Sealed(key_id, wrapped, ciphertext, str(document.get("bound_key_id", key_id)))


def _bytes(stored: object) -> bytes:
    """What was encrypted; nothing, which no key opens, when it is something else."""
    return stored if isinstance(stored, bytes) else b""


def _field(document: Any, name: str, kind: type[Value]) -> Value:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, kind):
        raise UnreadableError(f"{name} is missing, or of another type")
    return value


def replica_from_document(document: Document) -> Replica:
    """The replica as it reported last. Raises UnreadableError."""
    problems = _field(document, "problems", list)
    if not all(isinstance(problem, str) for problem in problems):
        raise UnreadableError("problems are not all texts")
    return Replica(
        replica_id=_field(document, "_id", str),
        active_key_id=_field(document, "active_key_id", str),
        fingerprints={
            _field(key, "key_id", str): _field(key, "fingerprint", str) for key in _field(document, "keys", list)
        },
        problems=tuple(problems),
    )


def malformed_from_document(document: Document) -> Malformed:
    """What can be said of a document that is not a credential."""
    organization_id, account_sid = document.get("organization_id"), document.get("account_sid")
    return Malformed(
        credential_id=str(document.get("_id"))[:_ID_CHARACTERS],
        organization_id=organization_id if isinstance(organization_id, str) else "",
        account_sid=account_sid if isinstance(account_sid, str) and _is_account_sid(account_sid) else "",
    )


def _is_account_sid(text: str) -> bool:
    """Anything else that stands there may be a text, or a secret."""
    try:
        return to_account_sid(text) == text
    except InvalidArgument:
        return False


def behind(credential_id: str) -> Document:
    """Matches the documents behind that id, in the database's order of ids: ids that are not text may follow, too."""
    if not credential_id:
        return {}
    before: list[Document] = [{"_id": {"$lte": credential_id}}, {"_id": None}, {"_id": {"$type": ["minKey", "number"]}}]
    return {"$nor": before}
