"""What the AI runs on, and whether it has what it needs."""

from collections.abc import Sequence

from cli.hints.failures import hint
from cli.session import Session
from client.doctor.finding import Condition, Finding
from client.doctor.organization import Organization
from client.failure import Failure, FailureKind
from client.words.enums import enum_name
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, routing_pb2

_SECONDS = 5.0


async def ai(session: Session, organization: Organization) -> list[Finding]:
    """What the responder says that it runs on, and one finding per workspace."""
    try:
        rpc = session.services.responder.GetResponder
        described = await session.ask(rpc, pb.GetResponderRequest(), _SECONDS)
    except Failure as failure:
        return [_undescribed(failure, _numbers_of_the_ai(organization.channels or ()))]
    samples = [_samples()] if session.settings.sample_articles else []
    return [_mode(described), *_workspaces(described, organization), *samples]


def _undescribed(failure: Failure, numbers: Sequence[str]) -> Finding:
    if failure.kind is FailureKind.UNKNOWN_RPC:
        return Finding(
            "AI", Condition.OK, "a responder other than Keva's own, which does not say what it runs on", facts=_facts()
        )
    if failure.kind not in (FailureKind.UNREACHABLE, FailureKind.NOT_TRUSTED):
        words = f"does not say what it runs on: {failure.message}"
        return Finding("AI", Condition.WRONG, words, hint(failure))
    if not numbers:
        return Finding("AI", Condition.NO_ANSWER, "cannot be asked", "Fix the responder first.")
    words = f"does not answer: new tickets of {', '.join(numbers)} go to people after a minute"
    return Finding(
        "AI",
        Condition.NO_ANSWER,
        words,
        "Fix the responder. To give the AI such a ticket back: keva tickets assign TICKET ai",
    )


def _mode(described: pb.GetResponderResponse) -> Finding:
    facts = _facts(enum_name(pb.ResponderMode, described.mode), described.model)
    if described.mode == pb.RESPONDER_MODE_KNOWLEDGE_BASE:
        return Finding("AI", Condition.OK, "knowledge base: answers are the articles' own words", facts=facts)
    if described.mode == pb.RESPONDER_MODE_MODEL:
        return Finding("AI", Condition.OK, f"model {described.model}, with the articles to answer from", facts=facts)
    return Finding("AI", Condition.OK, "does not say what it runs on", facts=facts)


def _samples() -> Finding:
    return Finding(
        "sample articles",
        Condition.NOTE,
        "the AI speaks to real customers from the articles of a sample shop",
        "Start keva up with KEVA_KNOWLEDGE_BASE_DIR, a folder of your own articles.",
    )


def _facts(mode: str = "UNSPECIFIED", model: str = "") -> dict[str, str]:
    return {"mode": mode, "model": model}


def _workspaces(described: pb.GetResponderResponse, organization: Organization) -> list[Finding]:
    """Of an organization whose workspaces cannot be read, those that there are articles for. None if the responder says
    neither what it runs on nor what articles it has: it may have other sources."""
    if described.mode == pb.RESPONDER_MODE_UNSPECIFIED and not described.workspaces:
        return []
    by_id = {articles.workspace_id: articles for articles in described.workspaces}
    known = organization.workspaces
    ids = sorted(by_id) if known is None else [workspace.workspace_id for workspace in known]
    return [
        _articles(workspace_id, by_id.get(workspace_id, pb.WorkspaceArticles()), organization) for workspace_id in ids
    ]


def _articles(workspace_id: str, articles: pb.WorkspaceArticles, organization: Organization) -> Finding:
    subject = f"articles of {workspace_id}"
    counted = {"articles": articles.articles, "sections": articles.sections, "broken_files": articles.broken_files}
    facts = {"workspace_id": workspace_id, **counted}
    words = f"{_count(articles.articles, 'article')}, {_count(articles.sections, 'section')}"
    if articles.broken_files:
        broken = f"{words}, {_count(articles.broken_files, 'broken file')}"
        return Finding(subject, Condition.WRONG, broken, "keva kb check FOLDER shows each mistake.", facts)
    numbers = _numbers_of_the_ai([c for c in organization.channels or () if c.workspace_id == workspace_id])
    if articles.articles:
        return Finding(subject, Condition.OK, words, facts=facts)
    if not numbers:
        return Finding(subject, Condition.OK, "none, and none needed: no number assigns tickets to the AI", facts=facts)
    return Finding(subject, Condition.WRONG, _nothing_to_say(numbers), _fill(workspace_id, numbers[0]), facts)


def _nothing_to_say(numbers: Sequence[str]) -> str:
    return f"none, but tickets of {', '.join(numbers)} go to the AI, which can only hand them off"


def _fill(workspace_id: str, number: str) -> str:
    return (
        f"Put articles into the folder {workspace_id} of the responder's KEVA_KNOWLEDGE_BASE_DIR, "
        f"or keep its tickets from the AI: keva channels update {number} --auto-assign nobody"
    )


def _numbers_of_the_ai(channels: Sequence[channel_service_pb2.Channel]) -> list[str]:
    return [c.phone_number for c in channels if c.auto_assign.kind == routing_pb2.ASSIGNEE_KIND_AI]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
