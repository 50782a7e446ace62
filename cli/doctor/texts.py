"""Whether customers' texts are taken: the gateway may be well, and what it needs to store them not."""

from collections.abc import Iterable

from client.doctor.finding import Condition, Finding
from client.doctor.organization import ACCOUNTS, DATABASE
from client.words.language import say

# What the gateway does without each of them.
_WITHOUT = {
    DATABASE: "takes no texts, Twilio gets 503 for each",
    ACCOUNTS: "takes texts of those accounts alone that sms_service has asked for in the last ten minutes, Twilio gets "
    "503 for all others",
}


def texts_taken(gateway: Finding, found: Iterable[Finding]) -> Finding:
    """What was found of the gateway, in the light of what was `found` of the organization."""
    if gateway.condition is not Condition.OK:
        return gateway
    without = {say(subject): what for subject, what in _WITHOUT.items()}
    # What could be read has facts: accounts that Twilio refuses are known, and their texts verified, all the same.
    unread = [finding for finding in found if finding.condition.is_problem and not finding.facts]
    missing = [finding for finding in unread if finding.subject in without]
    for finding in sorted(missing, key=lambda finding: list(without).index(finding.subject)):
        words = f"{without[finding.subject]}: {finding.subject}: {finding.words}"
        return Finding(gateway.subject, Condition.WRONG, words, finding.advice, gateway.facts)
    return gateway
