"""An export of the audit trail is verified with nothing but the key."""

from collections.abc import Callable, Iterable

import pytest

from servicekit.audit.chain import Head, Keys, Link, commitment, head_line, head_of, to_line
from servicekit.audit.export import ExportError, ExportVerifier
from servicekit.audit.verification import Break
from tests.ticket_service.audit_keys import AUDIT_KEYS

_OTHER_KEYS = Keys({"test-1": b"x" * 32}, "test-1")


def _chain(ticket_id: str, count: int, details: dict[str, str] | None = None) -> tuple[list[Link], Head]:
    links: list[Link] = []
    mac = ""
    for sequence in range(1, count + 1):
        action = "audit.anchored" if details else "note.added"
        actor = ("service", "audit_anchors") if details else ("customer", "cus_1")
        told = (*actor, action, "msg_1", details or {})
        link = Link("default", "default", ticket_id, sequence, f"aud_{ticket_id}_{sequence}", 1, *told, "test-1")
        mac = link.mac_after(mac, AUDIT_KEYS) or ""
        links.append(Link(**{name: getattr(link, name) for name in Link.__slots__} | {"mac": mac}))
    return links, head_of("default", ticket_id, count, mac, AUDIT_KEYS)


def exported(*, tickets: int = 3, records: int = 4) -> list[str]:
    """An intact export: the organization's chain, which commits to the tickets', and those."""
    chains = {f"tkt_{number:06}": _chain(f"tkt_{number:06}", records) for number in range(tickets)}
    own = _chain("", 1, {ticket_id: commitment(head) for ticket_id, (_, head) in chains.items()})
    lines: list[str] = []
    for ticket_id, (links, head) in {"": own, **chains}.items():
        lines += [*map(to_line, links), head_line("default", ticket_id, str(head), exists=True)]
    return lines


def _verified(lines: Iterable[str], keys: Keys = AUDIT_KEYS) -> list[Break]:
    verifier = ExportVerifier(keys)
    for line in lines:
        verifier.take(line)
    return verifier.finish()


@pytest.mark.parametrize(
    ("kept", "kind", "place"),
    [
        pytest.param(bool, "", 0, id="all is there"),
        pytest.param(lambda line: "aud_tkt_000001_3" not in line, "MISSING", 3, id="a record is gone"),
        pytest.param(lambda line: '"ticket_id":"tkt_000001"' not in line, "DELETED", 1, id="a chain is gone"),
        pytest.param(lambda line: "head" not in line or "tkt_000001" not in line, "WRONG_HEAD", 4, id="an end is gone"),
    ],
)
def test_what_an_export_lacks_is_named(kept: Callable[[str], bool], kind: str, place: int) -> None:
    breaks = [(b.kind.value, b.ticket_id, b.sequence) for b in _verified(filter(kept, exported()))]

    assert breaks == ([(kind, "tkt_000001", place)] if kind else [])


@pytest.mark.parametrize("lines", [1, 2, 4, 7])
def test_export_that_was_cut_off_is_broken(lines: int) -> None:
    assert {b.ticket_id for b in _verified(exported()[:-lines])} >= {"tkt_000002"}


def test_another_key_verifies_nothing() -> None:
    breaks = _verified(exported(), _OTHER_KEYS)

    assert [(b.kind.value, b.sequence) for b in breaks if b.ticket_id] == [("WRONG_KEY", 1)] * 3


@pytest.mark.parametrize("line", ["not an export", "{}", "[]", "7", '{"record": {}}', '{"head": 7}', "[" * 100_000])
def test_what_is_no_export_is_refused(line: str) -> None:
    with pytest.raises(ExportError, match="line 1 is not a line"):
        _verified([line])


def test_nothing_is_no_export() -> None:
    with pytest.raises(ExportError, match="empty"):
        _verified(["", " "])
