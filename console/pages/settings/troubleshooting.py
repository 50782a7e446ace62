"""`/settings/troubleshooting`: four questions of the customer's guide. Each runs the checks of `keva doctor` that
answer it, and says what was found and what to do."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from client.doctor.duplicates import duplicates
from client.doctor.finding import Condition, Finding
from client.doctor.organization import Organization, organization
from client.doctor.replies import failed_replies
from client.lists import list_twilio_accounts
from client.session import Session
from client.words.language import marked, say
from console.pages.settings.home import CHANNELS, TWILIO
from console.rendering import render
from console.visit import VISIT, Visit
from console.words.advice import Pages

PATH = "/settings/troubleshooting"
_Answer = Callable[[Session, Organization], Awaitable[list[Finding]]]


@dataclass(frozen=True)
class Question:
    """As the guide has it; `looks_at` says what is checked."""

    words: str
    looks_at: str
    answer: _Answer


async def _no_texts(_: Session, known: Organization) -> list[Finding]:
    where = [*known.numbers, *known.routing, *known.missed, *known.signing]
    return [*known.database, *known.connection, *where]


async def _signatures(_: Session, known: Organization) -> list[Finding]:
    words = say("no account's newest webhook was refused in the last seven days")
    well = Finding(say("signatures"), Condition.OK, words)
    return [*known.connection, *(known.signing or [well])]


async def _no_replies(session: Session, known: Organization) -> list[Finding]:
    failed = await failed_replies(session, known.workspaces or ())
    gone = [finding for finding in known.routing if finding.condition.is_problem]
    return [*known.database, *known.connection, *known.sending, *known.numbers, *gone, *known.limits, *failed]


async def _several_tickets(_: Session, known: Organization) -> list[Finding]:
    if known.channels is None or known.workspaces is None:
        return list(known.database)
    return duplicates(known.channels, known.workspaces)


QUESTIONS: Mapping[str, Question] = {
    "texts": Question(
        marked("Webhook not receiving"),
        marked("Whether Twilio lets Keva in, and sends the texts of each number here."),
        _no_texts,
    ),
    "signatures": Question(
        marked("Signature failing"),
        marked("Which webhook was refused last, why, and whether an Auth Token is being changed."),
        _signatures,
    ),
    "replies": Question(
        marked("Replies not sending"),
        marked("What Twilio refuses to send from, and which replies did not arrive."),
        _no_replies,
    ),
    "duplicates": Question(
        marked("Duplicate tickets"),
        marked("The rules by which a customer's text begins another ticket."),
        _several_tickets,
    ),
}


async def show(request: web.Request) -> web.Response:
    """The questions, and the answer to the one that `?check=` names. Looking changes nothing."""
    visit = request[VISIT]
    # Whoever may not know of accounts is refused before anything is looked at.
    await list_twilio_accounts(visit.session)
    chosen = request.query.get("check", "")
    question = QUESTIONS.get(chosen)
    findings: Sequence[Finding] = ()
    links: Mapping[str, str] = {}
    if question is not None:
        known = await organization(visit.session, Pages())
        findings = await question.answer(visit.session, known)
        links = _links(visit, known)
    context = {"questions": QUESTIONS, "chosen": chosen, "question": question, "findings": findings, "links": links}
    return render(request, "settings/troubleshooting.html", context)


def _links(visit: Visit, known: Organization) -> Mapping[str, str]:
    """The page of each number and account that findings name."""
    numbers = {c.phone_number: visit.url(f"{CHANNELS}/{c.channel_id}") for c in known.channels or ()}
    named = {sid for finding in known.findings for sid in finding.facts.get("account_sids", ())}
    named |= {sid for finding in known.connection for sid in finding.facts.get("refused", ())}
    return numbers | {sid: visit.url(f"{TWILIO}/{sid}") for sid in named}


ROUTES = (web.get(PATH, show),)
