"""`keva audit verify` and `keva audit export`: what they ask, what they say, and how they end."""

import json
from pathlib import Path
from typing import Any

import pytest

from keva.ticket.v1 import audit_service_pb2 as pb
from servicekit import errors
from servicekit.audit.chain import Anchor, Keys, anchor_of, head_line, head_of
from servicekit.clock import utc_now
from tests.cli.conftest import Keva
from tests.servicekit.audit.test_export import exported
from tests.ticket_service.audit_keys import AUDIT_KEYS, write_keys


@pytest.fixture
def keys(tmp_path: Path) -> str:
    """The folder of the key that signed the exports."""
    folder = tmp_path / "keys"
    folder.mkdir()
    write_keys(folder, AUDIT_KEYS)
    return str(folder)


async def _verify(keva: Keva, lines: list[str], keys: str, *more: str) -> Any:
    file = keva.folder / "export.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))
    return await keva("audit", "verify", "--file", str(file), "--keys", keys, *more)


async def test_intact_export_is_verified_where_no_service_is(keva: Keva, keys: str) -> None:
    result = await _verify(keva, exported(tickets=100, records=50), keys)

    said = "5001 audit records are verified: nobody has changed them. Not compared with anchors that are kept elsewhere"
    assert (result.status, result.output.startswith(said), "--anchors" in result.output) == (0, True, True)
    assert not keva.ticket_service.requests


async def test_changed_record_of_an_export_is_named(keva: Keva, keys: str) -> None:
    lines = [line.replace('"cus_1"', '"cus_2"') if "aud_tkt_000001_3" in line else line for line in exported()]

    result = await _verify(keva, lines, keys, "--json")

    assert result.status == 1
    place = {"ticket_id": "tkt_000001", "sequence": 3, "audit_record_id": "aud_tkt_000001_3"}
    assert json.loads(result.output)["breaks"] == [{"kind": "CHANGED", **place}]


async def test_what_is_no_export_is_refused(keva: Keva, keys: str) -> None:
    result = await _verify(keva, ["no export"], keys)

    assert result.status == 1
    assert "line 1 is not a line of an export" in result.error


@pytest.mark.parametrize(
    "arguments",
    [
        ["--file", "x"],
        ["--all", "--in-workspace"],
        ["--ticket", "tkt_1", "--in-workspace"],
        ["--anchors", "none.log"],
        ["--in-workspace", "--anchors", "x"],
        ["--active-key", "test-1"],
        ["--ticket", "tkt_1", "--anchors", "x", "--remember"],
        ["--file", "x", "--keys", "no-such-folder"],
    ],
)
async def test_wrong_usage(keva: Keva, arguments: list[str]) -> None:
    result = await keva("audit", "verify", *arguments)

    assert result.status == 2
    assert not keva.ticket_service.requests


async def test_no_records_at_all_are_not_verified(keva: Keva) -> None:
    keva.ticket_service.answers["VerifyAuditTrail"] = pb.VerifyAuditTrailResponse()

    result = await keva("audit", "verify")
    of_workspace = await keva("audit", "verify", "--in-workspace")

    assert (result.status, result.output) == (1, "")
    assert "The organization default has no audit records: nothing is verified." in result.error
    # A new workspace has no tickets yet.
    assert of_workspace.status == 0


async def test_an_export_without_records_is_not_verified(keva: Keva, keys: str) -> None:
    result = await _verify(keva, [head_line("default", "", "", exists=False)], keys)

    assert (result.status, result.output) == (1, "")
    assert "has no audit records: nothing is verified." in result.error


async def test_a_run_with_anchors_does_not_say_that_it_had_none(keva: Keva) -> None:
    file = keva.folder / "anchors.log"
    file.write_text(json.dumps(_anchor(7).as_fields()))
    keva.ticket_service.answers["VerifyAuditTrail"] = pb.VerifyAuditTrailResponse(verified_records=9)

    for scope in ([], ["--in-workspace"], ["--ticket", "tkt_1"]):
        result = await keva("audit", "verify", *scope, "--anchors", str(file))

        assert (result.status, result.output) == (0, "9 audit records are verified: nobody has changed them.\n")
        assert [anchor.sequence for anchor in keva.ticket_service.last().anchors] == [7]


async def test_the_active_key_of_an_export_can_be_named(keva: Keva, keys: str) -> None:
    write_keys(Path(keys), Keys({"test-2": b"n" * 32}))

    assert (await _verify(keva, exported(), keys)).status == 0
    assert (await _verify(keva, exported(), keys, "--active-key", "test-1")).status == 0
    replaced = await _verify(keva, exported(), keys, "--active-key", "test-2", "--json")
    unknown = await _verify(keva, exported(), keys, "--active-key", "test-3")

    assert [found["kind"] for found in json.loads(replaced.output)["breaks"]] == ["RETIRED_KEY"]
    assert (replaced.status, unknown.status) == (1, 2)


async def test_parts_are_asked_for_until_all_is_verified(keva: Keva) -> None:
    def part(request: pb.VerifyAuditTrailRequest) -> pb.VerifyAuditTrailResponse:
        if request.page_token:
            return pb.VerifyAuditTrailResponse(total_records=2000, verified_records=2000)
        return pb.VerifyAuditTrailResponse(total_records=2000, verified_records=1000, next_page_token="more")

    keva.ticket_service.answers["VerifyAuditTrail"] = part

    result = await keva("audit", "verify", "--ticket", "tkt_1")

    said = "2000 audit records are verified: nobody has changed them. Not compared with anchors"
    assert (result.status, result.output.startswith(said)) == (0, True)
    assert "1000 of 2000" in result.error
    request = keva.ticket_service.last()
    assert (request.organization_id, request.workspace_id, request.ticket_id) == ("default", "default", "tkt_1")


async def test_broken_trail_is_exit_status_1_and_each_chain_is_named_once(keva: Keva) -> None:
    breaks = [
        pb.AuditBreak(kind=pb.AUDIT_BREAK_KIND_CHANGED, ticket_id="tkt_1", sequence=3, audit_record_id="aud_3"),
        pb.AuditBreak(kind=pb.AUDIT_BREAK_KIND_NOT_AS_ANCHORED, ticket_id="tkt_1", sequence=9),
    ]
    keva.ticket_service.answers["VerifyAuditTrail"] = pb.VerifyAuditTrailResponse(verified_records=9, breaks=breaks)

    result = await keva("audit", "verify")

    assert result.status == 1
    assert result.output.splitlines()[1].split()[:4] == ["tkt_1", "3", "CHANGED", "aud_3"]
    assert len(result.output.splitlines()) == 2


def _anchor(sequence: int, organization_id: str = "default") -> Anchor:
    head = head_of(organization_id, "", sequence, "0" * 64, AUDIT_KEYS)
    return anchor_of(organization_id, head, utc_now(), AUDIT_KEYS)


async def test_a_file_without_the_organizations_own_chain_is_said_to_be_partial(keva: Keva, keys: str) -> None:
    whole = await _verify(keva, exported(), keys)
    partial = await _verify(keva, [line for line in exported() if '"ticket_id":""' not in line], keys)

    assert (whole.status, partial.status) == (0, 0)
    assert "could not be noticed" in partial.output + partial.error
    assert "could not be noticed" not in whole.output + whole.error


async def test_anchors_of_other_organizations_in_the_same_log_are_none_of_it(keva: Keva, keys: str) -> None:
    file = keva.folder / "anchors.log"
    lines = [_anchor(7), *(_anchor(place, "another") for place in range(8, 1100))]
    file.write_text("".join(json.dumps(anchor.as_fields()) + "\n" for anchor in lines))
    keva.ticket_service.answers["VerifyAuditTrail"] = pb.VerifyAuditTrailResponse(verified_records=9)

    asked = await keva("audit", "verify", "--anchors", str(file))
    nobodys = await keva("--organization", "third", "audit", "verify", "--anchors", str(file))
    file.write_text(json.dumps(_anchor(7, "another").as_fields()))
    exports = await _verify(keva, exported(), keys, "--anchors", str(file))

    (request,) = keva.ticket_service.requests
    assert [anchor.sequence for anchor in request.anchors] == [7]
    assert (asked.status, nobodys.status, exports.status) == (0, 2, 0)


async def test_anchors_are_taken_out_of_a_log_and_remembered(keva: Keva) -> None:
    file = keva.folder / "anchors.log"
    noise = ["no json", '{"event": "ready"}', '{"sequence": "x"}']
    file.write_text("\n".join([*noise, json.dumps({"event": "audit anchor", **_anchor(7).as_fields()}), ""]))
    seen = pb.AuditAnchor(**_anchor(9).as_fields())
    keva.ticket_service.answers["VerifyAuditTrail"] = pb.VerifyAuditTrailResponse(verified_records=9, anchor=seen)

    first = await keva("audit", "verify", "--anchors", str(file), "--remember")
    second = await keva("audit", "verify", "--anchors", str(file))

    asked = [[anchor.sequence for anchor in request.anchors] for request in keva.ticket_service.requests]
    assert (first.status, second.status, asked) == (0, 0, [[7], [7, 9]])


async def test_export_writes_lines_as_they_come(keva: Keva, tmp_path: Path) -> None:
    def part(request: pb.ExportAuditTrailRequest) -> pb.ExportAuditTrailResponse:
        token = "" if request.page_token else "more"
        return pb.ExportAuditTrailResponse(lines=[f"line {request.page_token}"], next_page_token=token)

    keva.ticket_service.answers["ExportAuditTrail"] = part

    to_terminal = await keva("audit", "export")
    to_file = await keva("audit", "export", "-o", str(tmp_path / "out"))

    assert to_terminal.output == (tmp_path / "out").read_text() == "line \nline more\n"
    assert (to_terminal.status, to_file.status) == (0, 0)


async def test_an_export_that_fails_leaves_the_last_good_one(keva: Keva, tmp_path: Path) -> None:
    def part(request: pb.ExportAuditTrailRequest) -> pb.ExportAuditTrailResponse:
        if request.page_token:
            raise errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer")
        return pb.ExportAuditTrailResponse(lines=["line 1"], next_page_token="more")

    keva.ticket_service.answers["ExportAuditTrail"] = part
    (tmp_path / "kept").write_text("last good one\n")

    over = await keva("audit", "export", "-o", "kept")
    new = await keva("audit", "export", "-o", "new")

    assert (over.status, new.status) == (5, 5)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"kept": "last good one\n"}


async def test_wrong_paths_are_named_with_what_the_option_wants(keva: Keva, keys: str) -> None:
    export = keva.folder / "export.jsonl"
    export.write_text("")
    (keva.folder / "empty").mkdir()
    wrong = {
        "--keys: there is no folder nowhere.": (str(export), "nowhere"),
        "--keys: export.jsonl is a file, not a folder.": (str(export), "export.jsonl"),
        "--keys: empty holds no key.": (str(export), "empty"),
        "--file: gone.jsonl cannot be read: No such file or directory.": ("gone.jsonl", keys),
    }

    for said, (file, folder) in wrong.items():
        result = await keva("audit", "verify", "--file", file, "--keys", folder)

        assert (result.status, said in result.error) == (2, True), result.error
        wants = "export" if said.startswith("--file") else "KEVA_AUDIT_KEYS_DIR"
        assert wants in result.error
        # Whoever verifies is not to make a key.
        assert "openssl" not in result.error
