"""All findings together, as a table or as JSON."""

import asyncio
from collections.abc import Sequence
from typing import Any

from cli.doctor import ai as ai_health
from cli.doctor import services as service_health
from cli.doctor.advice import Commands
from cli.doctor.certificates import certificate_expiry
from cli.doctor.gateway_notes import gateway_notes
from cli.doctor.keys import key_ring
from cli.doctor.texts import texts_taken
from cli.hints.organizations import is_default, unknown, what_to_do
from cli.session import Session
from cli.terminal import output
from client.doctor.finding import Condition, Finding
from client.doctor.organization import Organization, organization
from client.failure import Failure, FailureKind, refused


async def report(session: Session) -> None:
    """Looks at everything and says what was found. Raises Failure when something is wrong."""
    services, notes, known, keys, certificates = await asyncio.gather(
        service_health.services(session),
        gateway_notes(session),
        organization(session, Commands()),
        key_ring(session),
        certificate_expiry(session),
    )
    gateway, *others = services
    services = [texts_taken(gateway, known.findings), *others]
    everything = [*known.findings, *await ai_health.ai(session, known)]
    findings = [*services, *notes, *certificates, *keys, *_organization(session, known), *everything]
    if session.settings.as_json:
        output.emit_json(_plain(findings))
    else:
        _show(findings)
    if all(finding.condition is Condition.NO_ANSWER for finding in services):
        start = "Start Keva on this machine with: keva up"
        raise Failure(FailureKind.UNREACHABLE, "No service of Keva answers.", start)
    problems = sum(finding.condition.is_problem for finding in findings)
    if problems:
        raise refused("One thing is wrong." if problems == 1 else f"{problems} things are wrong.")


def _organization(session: Session, known: Organization) -> list[Finding]:
    """That nothing is there: the name may be wrong."""
    organization_id = session.organization_id
    if known.workspaces is None or known.workspaces or is_default(organization_id):
        return []
    return [Finding("organization", Condition.NOTE, unknown(organization_id), what_to_do(organization_id))]


def _show(findings: Sequence[Finding]) -> None:
    rows = [(finding.subject, finding.condition.value, finding.words) for finding in findings]
    output.show_table(["What", "State", "How it is"], rows, "")
    advised = [finding for finding in findings if finding.advice]
    if advised:
        output.say()
        output.say("What to do:", style="bold")
    for finding in advised:
        output.say(f"  {finding.subject}: {finding.advice}")


def _plain(findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "well": not any(finding.condition.is_problem for finding in findings),
        "findings": [_plain_finding(finding) for finding in findings],
    }


def _plain_finding(finding: Finding) -> dict[str, Any]:
    return {
        "subject": finding.subject,
        "condition": finding.condition.name,
        "words": finding.words,
        "advice": finding.advice,
        "facts": dict(finding.facts),
    }
