"""`keva keys`: the keys of the key ring, which wrap what Auth Tokens are encrypted with. No command shows a key."""

import base64
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.command import command
from cli.session import Session
from cli.terminal import output
from cli.terminal.progress import Progress
from client.failure import Failure, refused, unusable
from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit.key_files import KEY_BYTES, KEY_ID

group = typer.Typer()

_PAGE = 100
_SECONDS = 60.0
# No key, in a key ring.
_ACTIVE_FILE = "active"


@command(group, "list")
async def list_keys(session: Session) -> None:
    """List the keys of the key ring, how many secrets each wraps, and how many replicas have it.

    A key that wraps nothing, that no audit record waits for, and that is not the active one can be removed."""
    listed = await session.ask(session.services.credentials.ListKeys, pb.ListKeysRequest(), _SECONDS)
    if session.settings.as_json:
        return output.emit_json(listed)
    output.show_table(
        ["Key", "State", "Secrets", "Replicas"],
        [(key.key_id, _state(key), str(key.secrets), f"{key.replicas} of {listed.replicas}") for key in listed.keys],
        "There is no key.",
    )
    for problem in listed.problems:
        output.say(problem, style="bold red")
    return None


def _state(key: pb.Key) -> str:
    if key.active:
        return "ACTIVE"
    if not key.secrets and not key.waiting_audit_records:
        return "unused: can be removed"
    if not key.replicas:
        return "MISSING"
    return "in use" if key.secrets else f"in use: {_waiting(key)}"


def _waiting(key: pb.Key) -> str:
    return f"audit records that wait for ticket_service: {key.waiting_audit_records}"


@command(group, "rotate")
async def rotate(session: Session) -> None:
    """Wrap the secrets of all organizations with the active key.

    Nothing stops meanwhile. You can interrupt it and run it again: what is done stays done. Afterwards, keys that no
    longer wrap anything can be removed."""
    done = await _rotate_all(session)
    listed = await session.ask(session.services.credentials.ListKeys, pb.ListKeysRequest(), _SECONDS)
    if session.settings.as_json:
        output.emit_json({"rotation": done, "keys": list(listed.keys)})
    else:
        _say_done(done, listed.keys)
    if done.unreadable:
        raise _left(done.unreadable)


def _left(unreadable: Sequence[pb.UnreadableSecret]) -> Failure:
    """What was left as it is, and what to do about it."""
    secrets, records = [u for u in unreadable if u.key_id], [u for u in unreadable if not u.key_id]
    said, advice = list[str](), list[str]()
    if secrets:
        named = ", ".join(map(_secret, secrets))
        said.append(f"{len(secrets)} secrets cannot be decrypted and were left as they are: {named}.")
        advice.append(f"Put the missing key's file back and run this again, or {_repairs(secrets)}.")
    if records:
        named = ", ".join(f"{u.credential_id} ({u.account_sid or 'no account'})" for u in records)
        said.append(f"{len(records)} records cannot be read as credentials and were skipped: {named}.")
        advice.append(
            "Somebody has changed the database of credentials_service, whose log says what is wrong with each record: "
            "restore them, or remove them and connect their accounts again."
        )
    return refused(" ".join(said), " ".join(advice))


def _secret(unreadable: pb.UnreadableSecret) -> str:
    shared_key = f"SharedKey {unreadable.shared_key_id} of " if unreadable.shared_key_id else ""
    return f"{shared_key}{unreadable.account_sid} of {unreadable.organization_id} ({unreadable.key_id})"


def _repairs(secrets: Sequence[pb.UnreadableSecret]) -> str:
    ways = {
        "give the SharedKeys their secrets again: keva twilio shared-keys add"
        if secret.shared_key_id
        else "connect these accounts again: keva twilio connect"
        for secret in secrets
    }
    return ", and ".join(sorted(ways))


async def _rotate_all(session: Session) -> pb.RotateKeysResponse:
    """What all parts did together."""
    request, total = pb.RotateKeysRequest(page_size=_PAGE), pb.RotateKeysResponse()
    with Progress("credentials") as progress:
        while True:
            part = await session.ask(session.services.credentials.RotateKeys, request, _SECONDS)
            total.key_id, total.total_credentials = part.key_id, part.total_credentials
            total.credentials += part.credentials
            total.rewrapped += part.rewrapped
            total.unreadable.extend(part.unreadable)
            progress.show(total.credentials, part.total_credentials)
            if not part.next_page_token:
                return total
            request.page_token, request.key_id = part.next_page_token, part.key_id


def _say_done(done: pb.RotateKeysResponse, keys: Sequence[pb.Key]) -> None:
    output.say(f"Secrets wrapped with {done.key_id} now: {done.rewrapped}. Credentials checked: {done.credentials}.")
    for key in keys:
        if key.key_id == done.key_id:
            continue
        if key.active:
            output.say(f"{key.key_id} is still the active key of some replica: wait a minute, then run this again.")
        elif key.secrets:
            output.say(f"{key.key_id} still wraps {key.secrets}: run this again.", style="yellow")
        elif key.waiting_audit_records:
            output.say(f"{key.key_id} wraps nothing, but is still needed: {_waiting(key)}. See keva keys list.")
        else:
            output.say(f"{key.key_id} wraps nothing: its file can be removed.")


@command(group, "new")
async def new(
    session: Session,
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="Its id (default: key- and the next number)")] = "",
    folder: Annotated[
        Path,
        typer.Option("--dir", metavar="FOLDER", file_okay=False, help="The folder to write it to, such as a key ring"),
    ] = Path(".keva/keys"),
    activate: Annotated[bool, typer.Option("--activate", help="Encrypt with it from now on")] = False,
) -> None:
    """Write a new key to a file. No existing key is overwritten.

    Without --dir, it goes into the key ring of keva up on this machine. Use --dir to write it elsewhere, to be added
    to a Kubernetes Secret."""
    key_id = key_id or _next_key_id(folder)
    if not KEY_ID.fullmatch(key_id) or key_id == _ACTIVE_FILE:
        raise unusable(f"{key_id!r} cannot be a key's id.", "Use letters, digits and . _ - in it, such as key-2.")
    file = folder / key_id
    if file.exists():
        raise unusable(
            f"The key {file} exists already.", "Secrets may be wrapped with it: give the new one another id."
        )
    if not folder.is_dir():
        raise unusable(f"There is no folder {folder}.", "Create it first, or name the key ring with --dir.")
    _write_private(file, base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
    if activate:
        _write_private(folder / _ACTIVE_FILE, key_id + "\n")
    if session.settings.as_json:
        return output.emit_json({"key_id": key_id, "file": str(file), "active": activate})
    output.say(f"Wrote {file}. Keep a copy of it, away from the database: without it nothing can be decrypted.")
    return output.say("Next: keva keys rotate" if activate else f"Next: keva keys list, then make {key_id} active.")


def _next_key_id(folder: Path) -> str:
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    numbers = [int(name.removeprefix("key-")) for name in names if re.fullmatch(r"key-[0-9]{1,9}", name)]
    return f"key-{max(numbers, default=0) + 1}"


def _write_private(file: Path, text: str) -> None:
    """All of it or nothing: the key ring may be read at any moment. Its reader skips files that begin with a dot."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(text)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise unusable(f"Cannot write {file}: {error.strerror}.") from None
