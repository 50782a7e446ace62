"""`keva audit verify`: whether anybody has changed the audit trail, asked of ticket_service or of an export."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.audit.options import ChainOption, WorkspaceOnlyOption
from cli.session import Session
from cli.terminal import output
from cli.terminal.progress import Progress
from client.failure import refused, unusable
from client.selection import find_ticket_id
from keva.ticket.v1 import audit_service_pb2 as pb
from servicekit.audit.chain import Anchor, Keys
from servicekit.audit.export import ExportError, ExportVerifier
from servicekit.audit.verification import Break, BreakKind
from servicekit.key_files import KeyFilesError, NoKeysError, read_keys
from servicekit.limits import COMPARED_PER_CALL

_SECONDS = 60.0
_LINES_AT_ONCE = 1000
# What a run without anchors cannot know.
_NOT_COMPARED = (
    "Not compared with anchors that are kept elsewhere: if somebody has put the whole database back to an earlier "
    "state, this does not show it (--anchors)."
)
_WHOLE_TRAIL_IS_GONE = "Every organization has some. Is the name right? Else they were removed: see docs/audit.md."
_PARTIAL = "This is not the trail of a whole organization: a chain that was left out of it could not be noticed."
# What is found beside the chain's first broken place.
_NOT_OF_THE_CHAIN = (BreakKind.FORGED_ANCHOR,)
_MEANINGS = {
    BreakKind.CHANGED: "this record is not what was signed",
    BreakKind.MISSING: "the record of this place is gone",
    BreakKind.INSERTED: "this record was put here without the key",
    BreakKind.REORDERED: "another record belongs here",
    BreakKind.TRUNCATED: "the chain went on from here and was cut off",
    BreakKind.DELETED: "the whole chain is gone",
    BreakKind.WRONG_KEY: "this and what follows is not signed with the key",
    BreakKind.UNSIGNED: "this record is not signed",
    BreakKind.WRONG_HEAD: "the signed end of the chain does not match, or is missing",
    BreakKind.NOT_AS_ANCHORED: "the chain was written again: an anchor, or a ticket's record, has another record here",
    BreakKind.UNANCHORED: "from here on no anchor vouches for the chain, and one must",
    BreakKind.RETIRED_KEY: "from here on a key has signed that was replaced",
    BreakKind.FORGED_ANCHOR: "an anchor in the file is not signed with the key",
}


AnchorsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Compare with the anchors in this file: ticket_service's log, or its KEVA_AUDIT_ANCHORS_FILE",
    ),
]
ActiveKeyOption = Annotated[
    str, typer.Option(metavar="ID", help="For --file, the key that signs now; else the one that signed the export")
]


async def verify(
    session: Session,
    ticket: ChainOption = "",
    in_workspace: WorkspaceOnlyOption = False,
    anchors: AnchorsOption = None,
    remember: Annotated[
        bool, typer.Option("--remember", help="If nothing is broken, add the newest anchor to the file of --anchors")
    ] = False,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Verify this export, without asking a service; needs --keys")
    ] = None,
    keys: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The folder of audit keys, for --file")] = None,
    active_key: ActiveKeyOption = "",
) -> None:
    """Verify that nobody without the audit key has changed, removed, added or moved an audit record.

    If the trail is broken, the exit status is 1, and the first broken place of each chain is shown."""
    if sum((bool(ticket), in_workspace, file is not None)) > 1:
        raise unusable("--ticket, --in-workspace and --file exclude each other.", "Give one of them only.")
    _check_file_options(file, keys, active_key)
    if remember and (anchors is None or file is not None or ticket or in_workspace):
        raise unusable("--remember needs --anchors, and is for a whole organization.", "Name a file with --anchors.")
    known = _read_anchors(anchors, missing_is_empty=remember) if anchors else []
    if file is not None and keys is not None:
        return _report(session, *_verify_file(session, file, _keys(keys, active_key), known), len(known))
    known = _newest_of(session.organization_id, known)
    request = pb.VerifyAuditTrailRequest(
        organization_id=session.organization_id,
        workspace_id=session.workspace_id if in_workspace or ticket else "",
        ticket_id=await find_ticket_id(session, ticket) if ticket else "",
        anchors=[pb.AuditAnchor(**anchor.as_fields()) for anchor in known],
    )
    breaks, last = await _ask(session, request)
    if remember and anchors is not None and not breaks and last.HasField("anchor"):
        _remember(anchors, last.anchor)
    if not last.verified_records and not breaks and not request.workspace_id:
        raise refused(
            f"The organization {session.organization_id} has no audit records: nothing is verified.",
            _WHOLE_TRAIL_IS_GONE,
        )
    return _report(session, last.verified_records, breaks, len(known))


def _check_file_options(file: Path | None, keys: Path | None, active_key: str) -> None:
    if (file is None) is not (keys is None):
        raise unusable("--file and --keys belong together.", "An export is verified with the keys that signed it.")
    if active_key and file is None:
        raise unusable("--active-key is for --file.", "A service knows which of its keys signs.")


async def _ask(
    session: Session, request: pb.VerifyAuditTrailRequest
) -> tuple[list[Break], pb.VerifyAuditTrailResponse]:
    breaks: list[Break] = []
    with Progress("verifying") as shown:
        while True:
            part = await session.ask(session.services.audit.VerifyAuditTrail, request, _SECONDS)
            breaks += map(_to_break, part.breaks)
            shown.show(part.verified_records, part.total_records)
            if not part.next_page_token:
                return breaks, part
            request.page_token = part.next_page_token
            del request.anchors[:]


def _to_break(found: pb.AuditBreak) -> Break:
    kind = pb.AuditBreakKind.Name(found.kind).removeprefix("AUDIT_BREAK_KIND_")
    return Break(BreakKind(kind), found.ticket_id, found.sequence, found.audit_record_id)


def _verify_file(session: Session, file: Path, keys: Keys, anchors: Sequence[Anchor]) -> tuple[int, list[Break]]:
    verifier = ExportVerifier(keys, anchors)
    try:
        size = file.stat().st_size
        with file.open("rb") as lines, Progress("verifying") as shown:
            for number, line in enumerate(lines):
                verifier.take(line.decode("utf-8", "replace"))
                if number % _LINES_AT_ONCE == 0:
                    shown.show(100 * lines.tell() // max(size, 1), 100, "%")
            shown.show(100, 100, "%")
        breaks = verifier.finish()
        if not breaks and not verifier.verified:
            raise refused(f"{file} has no audit records: nothing is verified.", _WHOLE_TRAIL_IS_GONE)
        if not verifier.is_whole:
            session.remarks.append(_PARTIAL)
        return verifier.verified, breaks
    except OSError as error:
        raise unusable(
            f"--file: {file} cannot be read: {error.strerror}.", "It wants a file that keva audit export has written."
        ) from None
    except ExportError as error:
        raise refused(f"{file} is not an export of the audit trail: {error}.") from None


def _keys(folder: Path, active: str) -> Keys:
    try:
        found = read_keys(folder)
        if active and active not in found:
            raise KeyFilesError(f"there is no key {active} in {folder}, only {', '.join(found)}")
        return Keys(found, active)
    except KeyFilesError as error:
        what = error.what if isinstance(error, NoKeysError) else str(error)
        raise unusable(
            f"--keys: {what}.",
            "It wants the folder of the keys that signed the export: the one that ticket_service's KEVA_AUDIT_KEYS_DIR "
            "names (.keva/audit_keys where keva up runs), or a copy.",
        ) from None


def _read_anchors(file: Path, missing_is_empty: bool) -> list[Anchor]:
    """The anchors of the file by age, whatever else is in it."""
    if missing_is_empty and not file.exists():
        return []
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            found = {anchor for line in lines if (anchor := Anchor.from_line(line)) is not None}
    except OSError as error:
        raise unusable(
            f"--anchors: {file} cannot be read: {error.strerror}.",
            "It wants a file with the lines `audit anchor` of ticket_service's log.",
        ) from None
    if not found:
        raise unusable(
            f"There is no anchor in {file}.", "Anchors are the lines `audit anchor` of ticket_service's log."
        )
    return sorted(found, key=lambda anchor: anchor.sequence)


def _newest_of(organization_id: str, anchors: list[Anchor]) -> list[Anchor]:
    """A log has those of all organizations."""
    mine = [anchor for anchor in anchors if anchor.organization_id == organization_id]
    if anchors and not mine:
        raise unusable(
            f"There is no anchor of the organization {organization_id} in it.", "Name another file, or --organization."
        )
    # Each record vouches for all before it, so the newest anchors say it all.
    return mine[-COMPARED_PER_CALL:]


def _remember(file: Path, anchor: pb.AuditAnchor) -> None:
    fields = {name: getattr(anchor, name) for name in Anchor.__dataclass_fields__}
    try:
        with file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(fields) + "\n")
    except OSError as error:
        raise refused(f"{file} cannot be written: {error.strerror}.") from None


def _report(session: Session, verified: int, breaks: Iterable[Break], anchors: int) -> None:
    """Says what was found, and with how many anchors it was compared. Raises Failure when something is broken."""
    # The first of each chain: an anchor may show again what the chain's own records have shown.
    newest_first = reversed(list(breaks))
    by_chain = {
        (found.ticket_id, found.kind in _NOT_OF_THE_CHAIN, found.audit_record_id * (found.sequence == 0)): found
        for found in newest_first
    }
    first = list(by_chain.values())[::-1]
    if session.settings.as_json:
        plain = [{**asdict(found), "kind": found.kind.value} for found in first]
        output.emit_json({"verified_records": verified, "compared_anchors": anchors, "breaks": plain})
    elif first:
        output.show_table(["Chain", "Place", "Kind", "Record", "What is wrong"], map(_row, first), "")
    else:
        unknown = "" if anchors else f" {_NOT_COMPARED}"
        output.say(f"{verified} audit records are verified: nobody has changed them.{unknown}", style="green")
    if first:
        raise refused(f"The audit trail is broken: {len(first)} of its chains.", "See docs/audit.md.")


def _row(found: Break) -> Sequence[output.Cell]:
    chain = found.ticket_id or "(organization)"
    return chain, str(found.sequence), found.kind.value, found.audit_record_id, _MEANINGS[found.kind]
