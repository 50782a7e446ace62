"""`keva doctor`: everything that an operator wants to know at once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import typer

from cli.command import command
from cli.connection import Session
from cli.doctor import ai as ai_health
from cli.doctor import services as service_health
from cli.doctor.certificates import certificate_expiry
from cli.doctor.finding import Condition, Finding
from cli.doctor.keys import key_ring
from cli.doctor.organization import organization
from cli.failure import CommandError, ExitCode
from cli.terminal import output


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    command(app, "doctor")(doctor)


async def doctor(session: Session) -> None:
    """Say what works, what does not, and what to do about it.

    Looks at each service, the certificates and keys, the databases, the Twilio accounts and numbers, and the AI: what
    it runs on and what articles it has. The exit status is 1 when something is wrong, and 4 when no service answers at
    all."""
    services, known, keys, certificates = await asyncio.gather(
        service_health.services(session), organization(session), key_ring(session), certificate_expiry(session)
    )
    findings = [*services, *certificates, *keys, *known.findings, *await ai_health.ai(session, known)]
    if session.settings.as_json:
        output.emit_json(_plain(findings))
    else:
        _show(findings)
    if all(finding.condition is Condition.NO_ANSWER for finding in services):
        raise CommandError(ExitCode.UNREACHABLE, "No service of Keva answers.", "Start Keva on this machine: keva up")
    problems = sum(finding.condition.is_problem for finding in findings)
    if problems:
        raise CommandError(ExitCode.FAILED, "One thing is wrong." if problems == 1 else f"{problems} things are wrong.")


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
