"""`keva keys`: says what wraps what, rotates part by part, and never shows a key."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit import errors

OLD, NEW = pb.Key(key_id="key-1", secrets=0, replicas=2), pb.Key(key_id="key-2", active=True, secrets=5, replicas=2)


@pytest.fixture
async def credentials_service(keva: Any, start_peer: Any) -> Any:
    """Stands for credentials_service, after a rotation from key-1 to key-2 in two parts."""
    peer = await start_peer("credentials_service", pb)
    keva.environment["KEVA_CREDENTIALS_SERVICE"] = peer.address
    parts = {
        "": pb.RotateKeysResponse(
            key_id="key-2", credentials=3, rewrapped=3, total_credentials=4, next_page_token="more"
        ),
        "more": pb.RotateKeysResponse(key_id="key-2", credentials=1, rewrapped=2, total_credentials=4),
    }
    peer.answers.update(
        ListKeys=pb.ListKeysResponse(keys=[OLD, NEW], replicas=2),
        RotateKeys=lambda request: parts[request.page_token],
    )
    return peer


async def test_list_says_which_key_can_be_removed(keva: Any, credentials_service: Any) -> None:
    result = await keva("keys", "list")

    assert result.status == 0
    assert [line.split() for line in result.output.splitlines()[1:]] == [
        ["key-1", "unused:", "can", "be", "removed", "0", "2", "of", "2"],
        ["key-2", "ACTIVE", "5", "2", "of", "2"],
    ]


async def test_list_names_what_is_missing_and_what_is_wrong(keva: Any, credentials_service: Any) -> None:
    credentials_service.answers["ListKeys"] = pb.ListKeysResponse(
        keys=[pb.Key(key_id="key-1", secrets=3), NEW], replicas=2, problems=["key key-1: its file is gone"]
    )

    result = await keva("keys", "list")

    assert "MISSING" in result.output
    assert "key key-1: its file is gone" in result.output


async def test_key_that_audit_records_wait_for_is_not_called_unused(keva: Any, credentials_service: Any) -> None:
    waiting = pb.Key(key_id="key-1", replicas=2, waiting_audit_records=3)
    credentials_service.answers["ListKeys"] = pb.ListKeysResponse(keys=[waiting, NEW], replicas=2)

    listed, rotated = await keva("keys", "list"), await keva("keys", "rotate")

    assert "in use: audit records that wait for ticket_service: 3" in listed.output
    assert "key-1 wraps nothing, but is still needed" in rotated.output
    assert "can be removed" not in listed.output + rotated.output


async def test_rotate_goes_on_until_nothing_is_left_and_says_what_comes_next(
    keva: Any, credentials_service: Any
) -> None:
    result = await keva("keys", "rotate")

    assert result.status == 0
    asked = [request for request in credentials_service.requests if isinstance(request, type(pb.RotateKeysRequest()))]
    assert [(request.page_token, request.key_id) for request in asked] == [("", ""), ("more", "key-2")]
    assert "Secrets wrapped with key-2 now: 5." in result.output
    assert "key-1 wraps nothing: its file can be removed" in result.output
    assert result.error.splitlines() == ["… credentials: 3 of 4", "… credentials: 4 of 4"]


async def test_rotate_as_json_has_all_figures(keva: Any, credentials_service: Any) -> None:
    result = await keva("keys", "rotate", "--json")

    printed = json.loads(result.output)
    assert (printed["rotation"]["rewrapped"], printed["rotation"]["credentials"]) == (5, 4)
    assert [(key["key_id"], key["secrets"]) for key in printed["keys"]] == [("key-1", 0), ("key-2", 5)]


async def test_rotate_fails_with_the_accounts_that_cannot_be_read(keva: Any, credentials_service: Any) -> None:
    unreadable = pb.UnreadableSecret(organization_id="default", account_sid="AC1", key_id="key-1")
    credentials_service.answers["RotateKeys"] = pb.RotateKeysResponse(key_id="key-2", unreadable=[unreadable])

    result = await keva("keys", "rotate")

    assert result.status == 1
    assert "AC1 of default (key-1)" in result.error
    assert "keva twilio connect" in result.error


async def test_rotate_names_shared_keys_and_the_command_that_repairs_them(keva: Any, credentials_service: Any) -> None:
    lost = pb.UnreadableSecret(organization_id="default", account_sid="AC1", key_id="key-1", shared_key_id="webhooks_1")
    credentials_service.answers["RotateKeys"] = pb.RotateKeysResponse(key_id="key-2", unreadable=[lost])

    result = await keva("keys", "rotate")

    assert "SharedKey webhooks_1 of AC1 of default (key-1)" in result.error
    assert "keva twilio shared-keys add" in result.error
    assert "keva twilio connect" not in result.error


async def test_rotate_fails_with_the_records_that_are_no_credentials(keva: Any, credentials_service: Any) -> None:
    records = [
        pb.UnreadableSecret(organization_id="default", account_sid="AC1", credential_id="crd_1"),
        pb.UnreadableSecret(credential_id="7"),
    ]
    credentials_service.answers["RotateKeys"] = pb.RotateKeysResponse(key_id="key-2", unreadable=records)

    result = await keva("keys", "rotate")

    assert result.status == 1
    assert "2 records cannot be read as credentials and were skipped: crd_1 (AC1), 7 (no account)." in result.error
    assert "cannot be decrypted" not in result.error


async def test_rotate_says_to_try_again_while_a_replica_lacks_the_key(keva: Any, credentials_service: Any) -> None:
    credentials_service.answers["RotateKeys"] = errors.Unavailable("KEY_RING_NOT_READY", "not yet", key_id="key-2")

    result = await keva("keys", "rotate")

    assert result.status == 5
    assert "try again" in result.error


async def test_nobody_there_is_said_with_the_option_that_helps(keva: Any) -> None:
    keva.environment["KEVA_CREDENTIALS_SERVICE"] = "127.0.0.1:1"

    result = await keva("keys", "list")

    assert result.status == 4
    assert "--credentials-service" in result.error


async def test_new_key_is_private_random_and_the_next_in_line(keva: Any, tmp_path: Path) -> None:
    ring = tmp_path / ".keva" / "keys"
    ring.mkdir(parents=True)
    (ring / "key-9").write_text("old")

    first, second = await keva("keys", "new"), await keva("keys", "new", "--activate")

    texts = [(ring / name).read_text() for name in ("key-10", "key-11")]
    assert {len(base64.b64decode(text)) for text in texts} == {32}
    assert len(set(texts)) == 2
    assert stat.S_IMODE((ring / "key-10").stat().st_mode) == 0o600
    assert {path.name for path in ring.iterdir()} == {"key-9", "key-10", "key-11", "active"}
    assert (ring / "active").read_text() == "key-11\n"
    for text, result in zip(texts, (first, second), strict=True):
        assert result.status == 0
        assert text.strip() not in result.output + result.error


@pytest.mark.parametrize("key_id", ["key-1", "active", ".hidden", "a/b", "../key-7"])
async def test_new_key_overwrites_nothing_and_has_a_usable_name(keva: Any, tmp_path: Path, key_id: str) -> None:
    (tmp_path / "key-1").write_text("old")

    result = await keva("keys", "new", key_id, "--dir", str(tmp_path))

    assert result.status == 2
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("key-1", "old")]
