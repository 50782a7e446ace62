"""A failure as `keva` says it: what to do about it is said in commands and options, where they help, and else as the
failure itself advises."""

from cli.settings import SOURCES
from client.failure import Failure, FailureKind

_COMMANDS = {
    "FIELD_REQUIRED": "See the command's --help.",
    "FIELD_INVALID": "See the command's --help.",
    "PAGE_TOKEN_INVALID": "Repeat the first command with the same filters, or use --all.",
    "MESSAGE_TOO_LONG": "Shorten it, or add --split, which sends up to ten messages; --dry-run shows them.",
    "TICKET_NOT_FOUND": "keva tickets list shows the tickets; for another workspace's, add --workspace.",
    "CUSTOMER_NOT_FOUND": "keva customers list shows the customers; for another workspace's, add --workspace.",
    "CHANNEL_NOT_FOUND": "keva channels list shows the numbers that Keva answers; keva channels add adds one.",
    "WORKSPACE_NOT_FOUND": "Are --workspace and --organization right? keva workspaces list shows the organization's "
    "workspaces; keva workspaces add makes one.",
    "MEDIA_NOT_FOUND": "keva tickets show lists the customer's attachments, and which of them Keva has.",
    "PHONE_NUMBER_NOT_FOUND": "keva numbers list shows the numbers of the connected Twilio accounts.",
    "PHONE_NUMBER_NOT_SMS_CAPABLE": "keva numbers list shows the numbers that can receive SMS.",
    "PHONE_NUMBER_ROUTED_ELSEWHERE": "keva numbers configure NUMBER --replace takes its texts over from there.",
    "TWILIO_ACCOUNT_NOT_FOUND": "keva twilio list shows the accounts; connect one with: keva twilio connect "
    "--account-sid AC…",
    "TWILIO_ACCOUNT_TAKEN": "Disconnect it there first: keva --organization OTHER twilio disconnect ACCOUNT_SID.",
    "CHANNEL_ALREADY_EXISTS": "keva channels list shows it; keva channels update changes its settings.",
    "REQUEST_ID_REUSED": "Leave out --request-id to write something new.",
    "TOO_MANY_TAGS": "keva tickets untag removes some.",
    "TICKET_CLOSED": "It still takes internal notes: keva tickets note.",
    "RECIPIENT_WANTS_NO_TEXTS": "keva customers allow-texts takes the note back, if they want texts again.",
    "RECIPIENT_CANNOT_RECEIVE": "Reach the customer in another way, and say so in a note: keva tickets note.",
    "NEWER_MESSAGES": "Look with keva tickets show; --send-anyway sends it all the same.",
    "MESSAGE_NOT_SCHEDULED": "keva tickets scheduled lists what still waits for its time.",
    "SENDER_STOPPED": "keva twilio list says what is stopped and why. Once that is fixed, sending resumes within "
    "minutes, or at once with keva twilio connect.",
    "SENDING_RATE_EXCEEDED": "It waits for its turn and leaves by itself; keva channels update --rate lets a number "
    "send faster.",
    "KEY_RING_NOT_READY": "keva keys list says which replicas have the key. Kubernetes takes up to two minutes to "
    "bring a Secret to all replicas: try again.",
    "CREDENTIAL_UNREADABLE": "keva keys list says which key is missing. If it is lost, keva twilio connect gives the "
    "account its Auth Token again, and keva twilio shared-keys add a SharedKey its secret.",
    "CREDENTIALS_SERVICE_UNAVAILABLE": "Check that credentials_service runs, and with keva keys list that all its "
    "replicas have the active key; then try again.",
    "RESPONDER_UNAVAILABLE": "keva doctor says what is wrong with the responder; write the answer yourself with: keva "
    "tickets reply.",
    "CALLER_NOT_ALLOWED": "Call with an operator's certificate: --tls-dir or KEVA_TLS_DIR names its folder.",
    "TENANT_NOT_ALLOWED": "This certificate is for one organization: name it with --organization.",
    "ACTOR_NOT_ALLOWED": "Call with an operator's certificate: --tls-dir or KEVA_TLS_DIR names its folder.",
    "AUTH_TOKEN_NOT_PROMOTED": "Promote the new token in Twilio's console first, then repeat this command.",
    "AUTH_TOKEN_PROMOTED": "Twilio has promoted the new token: keva twilio rotate --promote ends the rotation.",
    "NO_ROTATION": "keva twilio list shows rotations; keva twilio rotate --new begins one.",
    "ROTATION_UNDER_WAY": "End it first: keva twilio rotate --promote, or --cancel.",
    "SHARED_KEY_ALREADY_EXISTS": "keva twilio shared-keys list shows it; remove it first to store another secret.",
    "SHARED_KEY_NOT_FOUND": "keva twilio shared-keys list shows those of each account.",
    "AGENT_NOT_FOUND": "keva agents list --deactivated shows the agents; keva agents add adds one.",
    "NO_AGENT_ACTS": "Say which agent you are: --as you@example.com, or once for all commands: export "
    "KEVA_ACTOR=you@example.com. keva agents list shows the agents.",
    "SAVED_REPLY_NOT_FOUND": "keva replies list shows the saved replies; keva replies add keeps one.",
    "AGENT_INACTIVE": "keva agents reactivate lets the agent work again.",
    "ROLE_NOT_ALLOWED": "keva agents list shows who may do what; keva agents update --role changes it.",
    "WORKSPACE_NOT_ALLOWED": "Name another workspace with --workspace; keva agents update --in-workspace sets those of "
    "the agent.",
    "AGENT_ALREADY_EXISTS": "keva agents list --deactivated shows the agent; keva agents update or reactivate changes "
    "that one.",
    "LAST_ADMINISTRATOR": "Make somebody else one first: keva agents update EMAIL --role administrator.",
    "TOO_MANY_SHARED_KEYS": "Remove those that Twilio no longer signs with: keva twilio shared-keys remove.",
}
_NO_KEVA = "No Keva runs in this folder, and none elsewhere is named."
_FOLDER = "the folder of your operator's certificate (ca.crt, tls.crt, tls.key) with --tls-dir or KEVA_TLS_DIR."
_WITHOUT_CERTIFICATE = {
    FailureKind.NO_KEVA: "Start it here with: keva up. If it runs in another folder of this machine, go there; if it "
    f"runs elsewhere, name its addresses (keva --help), and {_FOLDER}",
    FailureKind.NO_CERTIFICATE: f"On this machine `keva up` makes one. Elsewhere, name {_FOLDER}",
}
AUTHORITY = (
    "Check the address, and the folder of --tls-dir or KEVA_TLS_DIR: its ca.crt must be the authority that issued the "
    "service's certificate."
)


def sentence(failure: Failure) -> str:
    """What is wrong, with the reason by which others can look it up."""
    if failure.kind is FailureKind.NO_KEVA:
        return _NO_KEVA
    if failure.reason == "NO_AGENT_ACTS" and failure.kind is FailureKind.REFUSED:
        # The service speaks of metadata, which nobody types.
        return "Nobody acts as an agent. (NO_AGENT_ACTS)"
    return f"{failure.message} ({failure.reason})" if failure.reason else failure.message


def hint(failure: Failure) -> str:
    """A sentence or two on what to do; empty when there is nothing to say."""
    if failure.kind in _WITHOUT_CERTIFICATE:
        return _WITHOUT_CERTIFICATE[failure.kind]
    if failure.service:
        return _hint_on_connection(failure)
    if failure.reason == "THREAD_HAS_LIVE_TICKET":
        live = failure.metadata.get("live_ticket_id", "")
        return f"Go on with the customer's other ticket: keva tickets show {live}".rstrip()
    if failure.reason == "CHANNEL_NOT_FOUND" and failure.kind is FailureKind.REFUSED:
        return "The number that the customer texted is no longer a channel: keva channels add brings it back."
    return _COMMANDS.get(failure.reason, failure.advice)


def account_hint(account_sid: str, failure: Failure) -> str:
    """The same of a Twilio account that cannot be asked."""
    if failure.reason != "TWILIO_CREDENTIALS_REFUSED":
        return hint(failure)
    return (
        f"keva twilio connect --account-sid {account_sid} gives it the Auth Token of now; keva twilio disconnect "
        f"{account_sid} forgets an account that is not used any more. Of one that Twilio has suspended its console "
        "says why; once that is settled, Keva goes on by itself."
    )


def _hint_on_connection(failure: Failure) -> str:
    option = address_option(failure.service)
    if failure.kind is FailureKind.UNREACHABLE:
        return start_or_name(option)
    if failure.kind is FailureKind.UNKNOWN_RPC:
        return f"Is it {failure.service}, and as new as this keva? Name another address with {option}."
    return AUTHORITY


def address_option(service: str) -> str:
    """The option and the environment variable that name a service's address."""
    source = SOURCES.get(service) or SOURCES[f"{service}_service"]
    return f"{source.option.partition(' ')[0]} or {source.variable}"


def start_or_name(option: str) -> str:
    """What to do when nothing answers: `option` names another address."""
    return f"Start Keva on this machine with: keva up. If it runs elsewhere, name its address with {option}."
