"""`keva certificates`: what programs and people call Keva's services with, from an authority on this machine. No
service is asked."""

from pathlib import Path
from typing import Annotated

import typer

from cli.command import command
from cli.hints.development_tools import tools_missing
from cli.session import Session
from cli.terminal import output
from client.failure import unusable
from servicekit.rpc import identity
from servicekit.rpc.identity import Caller

group = typer.Typer()

_AUTHORITY = Path(".keva") / "tls" / "ca"
_INTEGRATION = "integration"


@command(group, "issue")
async def issue(
    session: Session,
    caller: Annotated[
        str,
        typer.Argument(
            metavar="NAME[/ORGANIZATION]",
            help="integration, operator, or a caller of your policy overlay; with an organization, for that one alone",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write ca.crt, tls.crt and tls.key")
    ] = None,
    authority: Annotated[
        Path, typer.Option("--authority", metavar="FOLDER", help="The authority that the services trust")
    ] = _AUTHORITY,
) -> None:
    """Issue a certificate for 90 days, by the authority that keva up made. In Kubernetes cert-manager issues them.

    An integration is a program of one organization's, that of --organization unless you name another one: it reads
    tickets and customers, answers them, and follows events."""
    named = _caller(session, caller)
    place = out or authority.parent / str(named).replace("/", "-")
    _issue(authority, named, place)
    if session.settings.as_json:
        uri = identity.uri(named.name, named.organization_id)
        return output.emit_json({"identity": uri, "folder": str(place)})
    output.say(f"Issued for {named}, for 90 days: {place}")
    output.say(f"Use it with KEVA_TLS_DIR={place}")
    return output.say("Anybody who has its tls.key can do what this caller may: keep it secret.")


def _caller(session: Session, text: str) -> Caller:
    """Raises Failure."""
    named = identity.parse(identity.TRUST_DOMAIN + text)
    if named is None:
        raise unusable(f"{text!r} is not a caller's name.", "Write it like integration/default, operator, or crm.")
    if named.name == _INTEGRATION and not named.organization_id:
        return Caller(named.name, session.organization_id)
    return named


def _issue(folder: Path, named: Caller, place: Path) -> None:
    """Raises Failure."""
    try:
        from dev.local_stack.certificates import Authority  # noqa: PLC0415 - a production image has no dev tools
        from dev.process_list import SERVICES  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise tools_missing(error) from error
    if named.name in SERVICES:
        raise unusable(f"{named.name} is a service of Keva's.", "python -m dev.local_stack.certificates makes theirs.")
    if not (folder / "tls.key").is_file():
        raise unusable(f"There is no authority in {folder}.", "keva up makes one; name another with --authority.")
    Authority.open(folder).issue(place, named.name, named.organization_id)
