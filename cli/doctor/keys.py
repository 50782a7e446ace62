"""Whether all replicas of credentials_service have the keys that stored secrets need."""

from cli.hints.failures import hint, sentence
from cli.session import Session
from client.doctor.finding import Condition, Finding
from client.failure import Failure, FailureKind
from keva.credentials.v1 import credentials_service_pb2 as pb

_SUBJECT = "key ring"
_SECONDS = 5.0
_ADVICE = (
    "keva keys list shows the keys. Change none of their files before you know what is wrong: "
    "docs/operations.md says more."
)
# Of an operator who is bound to one organization: the keys are none of theirs.
_NOT_THEIRS = ("CALLER_NOT_ALLOWED", "TENANT_NOT_ALLOWED")


async def key_ring(session: Session) -> list[Finding]:
    """What is to be said about the keys: nothing to somebody who may not see them, or if nobody answers, since another
    finding says that."""
    try:
        listed = await session.ask(session.services.credentials.ListKeys, pb.ListKeysRequest(), _SECONDS)
    except Failure as failure:
        if failure.kind is FailureKind.UNREACHABLE or failure.reason in _NOT_THEIRS:
            return []
        return [Finding(_SUBJECT, Condition.WRONG, sentence(failure), hint(failure))]
    if listed.problems:
        return [Finding(_SUBJECT, Condition.WRONG, problem, _ADVICE) for problem in listed.problems]
    return [_unfinished(listed) or _well(listed)]


def _unfinished(listed: pb.ListKeysResponse) -> Finding | None:
    waiting = {key.key_id: key.secrets for key in listed.keys if key.secrets and not key.active}
    if not waiting:
        return None
    words = ", ".join(f"{key_id} still wraps {secrets}" for key_id, secrets in waiting.items())
    advice = "Finish it with keva keys rotate, which can be run again at any time."
    return Finding(_SUBJECT, Condition.NOTE, f"a rotation is not finished: {words}", advice, {"waiting": waiting})


def _well(listed: pb.ListKeysResponse) -> Finding:
    active = ", ".join(key.key_id for key in listed.keys if key.active)
    facts = {"active": active, "keys": len(listed.keys), "replicas": listed.replicas}
    count = "the one replica has all keys it needs"
    if listed.replicas != 1:
        count = f"all {listed.replicas} replicas have all keys they need"
    return Finding(_SUBJECT, Condition.OK, f"{active} encrypts; {count}", facts=facts)
