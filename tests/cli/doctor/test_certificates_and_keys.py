"""`keva doctor` on certificates that nobody renews, and on key rings that do not fit what is stored."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit import errors
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.server import GrpcServer
from tests.identities import authority, checks

NOBODY = "127.0.0.1:1"


@pytest.fixture
async def credentials(keva: Any, start_peer: Any) -> Any:
    """credentials_service, with one key on both of its replicas."""
    peer = await start_peer("credentials_service", pb)
    keva.environment["KEVA_CREDENTIALS_SERVICE"] = peer.address
    keva.environment["KEVA_RESPONDER_SERVICE"] = NOBODY
    keys = [pb.Key(key_id="key-1", active=True, secrets=3, replicas=2), pb.Key(key_id="key-0", replicas=2)]
    peer.answers["ListKeys"] = pb.ListKeysResponse(keys=keys, replicas=2)
    return peer


async def findings(keva: Any, *options: str) -> dict[str, dict[str, Any]]:
    """What is found, by subject."""
    result = await keva(*options, "doctor", "--json")
    return {finding["subject"]: finding for finding in json.loads(result.output)["findings"]}


async def test_a_key_ring_that_is_well(keva: Any, credentials: Any) -> None:
    found = (await findings(keva))["key ring"]

    assert (found["condition"], found["words"]) == ("OK", "key-1 encrypts; all 2 replicas have all keys they need")
    assert found["facts"] == {"active": "key-1", "keys": 2, "replicas": 2}


async def test_what_is_wrong_with_a_key_ring_is_said(keva: Any, credentials: Any) -> None:
    problem = "key-1: its file is gone or holds another key now"
    credentials.answers["ListKeys"].problems.append(problem)

    found = (await findings(keva))["key ring"]

    assert (found["condition"], found["words"]) == ("WRONG", problem)
    assert "keva keys list" in found["advice"]


async def test_a_rotation_that_is_not_finished_is_worth_a_note(keva: Any, credentials: Any) -> None:
    credentials.answers["ListKeys"].keys[1].secrets = 2

    found = (await findings(keva))["key ring"]

    assert (found["condition"], found["facts"]) == ("NOTE", {"waiting": {"key-0": 2}})
    assert "keva keys rotate" in found["advice"]


async def test_keys_that_cannot_be_listed_are_wrong(keva: Any, credentials: Any) -> None:
    credentials.answers["ListKeys"] = errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer")

    assert (await findings(keva))["key ring"]["condition"] == "WRONG"


async def test_whose_certificate_is_bound_to_an_organization_hears_nothing_of_keys(keva: Any, credentials: Any) -> None:
    credentials.answers["ListKeys"] = errors.PermissionDenied("TENANT_NOT_ALLOWED", "its own organization alone")

    assert "key ring" not in await findings(keva)


async def test_the_certificate_that_expires_first_is_named(keva: Any, credentials: Any, tmp_path: Path) -> None:
    expires = datetime.now(UTC) + timedelta(days=45)
    authority().issue(tmp_path / "tls", "operator", expires=expires)
    keva.environment["KEVA_TLS_DIR"] = str(tmp_path / "tls")

    found = (await findings(keva))["certificates"]

    assert found["condition"] == "OK"
    assert found["words"].startswith(f"that of this command is the first to expire, on {expires:%Y-%m-%d}")


async def test_a_certificate_that_nobody_renews_is_wrong(keva: Any, tmp_path: Path) -> None:
    expires = datetime.now(UTC) + timedelta(days=14)
    authority().issue(tmp_path / "tls", "sms_service", expires=expires)
    late = GrpcServer([], CertificateFolder(tmp_path / "tls"), checks(), False, lambda _: None)
    address = f"127.0.0.1:{await late.start('127.0.0.1:0')}"
    await late.set_ready()
    keva.environment |= {"KEVA_SMS_SERVICE": address, "KEVA_RESPONDER_SERVICE": f"{NOBODY},{NOBODY}"}

    found = await findings(keva)

    await late.drain(0)
    finding = found[f"certificate of sms_service at {address}"]
    assert (finding["condition"], finding["facts"]["expires"]) == ("WRONG", expires.replace(microsecond=0).isoformat())
    assert "Renew it" in finding["advice"]
    assert found["sms_service"]["condition"] == "OK"
    assert "certificates" not in found
