"""What to do about an error, by its reason. The reasons are those of the error_reason.proto files."""

from servicekit.errors import FailedPrecondition, KevaError

_ADVICE = {
    "FIELD_REQUIRED": "See the command's --help.",
    "FIELD_INVALID": "See the command's --help.",
    "PAGE_TOKEN_INVALID": "Repeat the first command with the same filters, or use --all.",
    "PHONE_NUMBER_INVALID": "Without + and country code, as in (555) 123-4567, it is taken for the default region's.",
    "MESSAGE_TOO_LONG": "Shorten it, or add --split, which sends up to ten messages; --dry-run shows them.",
    "TICKET_NOT_FOUND": "keva tickets list shows the tickets; another desk's take --workspace.",
    "CUSTOMER_NOT_FOUND": "keva customers list shows the customers; another desk's take --workspace.",
    "CHANNEL_NOT_FOUND": "keva channels list shows the numbers that Keva answers; keva channels add adds one.",
    "WORKSPACE_NOT_FOUND": "keva workspaces list shows the workspaces; keva workspaces add makes one.",
    "MEDIA_NOT_FOUND": "keva tickets show lists what Keva has of the customer's attachments.",
    "PHONE_NUMBER_NOT_FOUND": "keva numbers list shows the numbers of the connected Twilio accounts.",
    "PHONE_NUMBER_NOT_SMS_CAPABLE": "keva numbers list shows the numbers that can receive SMS.",
    "PHONE_NUMBER_ROUTED_ELSEWHERE": "keva numbers configure NUMBER --replace takes its texts over from there.",
    "PUBLIC_URL_REFUSED": "Set KEVA_PUBLIC_URL of gateway and sms_service to the address that Twilio reaches, such as "
    "https://sms.example.com, and start them again.",
    "TWILIO_ACCOUNT_NOT_FOUND": "keva twilio list shows the accounts; connect one with: keva twilio connect.",
    "TWILIO_ACCOUNT_TAKEN": "Disconnect it there first: keva --organization OTHER twilio disconnect ACCOUNT_SID.",
    "TWILIO_CREDENTIALS_REFUSED": "Copy the Account SID and the Auth Token from Twilio's console again; an API "
    "key or test credentials do not do.",
    "CHANNEL_ALREADY_EXISTS": "keva channels list shows it; keva channels update changes its settings.",
    "REQUEST_ID_REUSED": "Leave --request-id out to write something new.",
    "TICKET_CLOSED": "It still takes internal notes: keva tickets note.",
    "RECIPIENT_OPTED_OUT": "The customer must text START before anybody can text them again.",
    "RECIPIENT_CANNOT_RECEIVE": "Reach the customer in another way, and say so in a note: keva tickets note.",
    "SENDER_REFUSED": "Twilio's console says what the number or the account needs.",
    "SENDER_STOPPED": "keva twilio list says what is stopped and why; keva twilio connect resumes it once mended.",
    "SENDING_RATE_EXCEEDED": "It has its place in the line; keva channels update --rate lets a number send faster.",
    "BACKFILL_IN_PROGRESS": "Try again in a minute: nothing is taken in twice.",
    "CONCURRENT_UPDATE": "Somebody else changed it at the same time: look at it, then try again.",
    "SEND_IN_PROGRESS": "Try again in half a minute.",
    "SEND_OUTCOME_UNKNOWN": "Try again: nothing is sent twice.",
    "TWILIO_RATE_LIMITED": "Try again in a minute.",
    "KEY_RING_NOT_READY": "keva keys list says where the key is. Kubernetes takes up to two minutes to bring a "
    "Secret to all replicas: try again.",
    "CREDENTIAL_UNREADABLE": "keva keys list says which key is missing; with keva twilio connect the account gets its "
    "Auth Token anew.",
    "STORE_UNAVAILABLE": "The service runs, but its MongoDB does not answer. Try again; if it stays, look at MongoDB.",
    "TWILIO_UNAVAILABLE": "Try again; status.twilio.com says whether Twilio has trouble.",
    "SMS_SERVICE_UNAVAILABLE": "Check that sms_service runs and reaches Twilio, then try again.",
    "CREDENTIALS_SERVICE_UNAVAILABLE": "Check that credentials_service runs, and with keva keys list that all its "
    "replicas have the active key; then try again.",
    "TICKET_SERVICE_UNAVAILABLE": "Check that ticket_service runs, then try again.",
    "CALLER_NOT_ALLOWED": "Call with an operator's certificate: --tls-dir or KEVA_TLS_DIR names its folder.",
    "TENANT_NOT_ALLOWED": "This certificate is for one organization: name it with --organization.",
    "ACTOR_NOT_ALLOWED": "Call with an operator's certificate: --tls-dir or KEVA_TLS_DIR names its folder.",
    "AUTH_TOKEN_NOT_PROMOTED": "Promote the new token in Twilio's console first, then repeat.",
    "AUTH_TOKEN_PROMOTED": "Twilio has promoted the new token: keva twilio rotate --promote ends the rotation.",
    "NO_ROTATION": "keva twilio list shows rotations; keva twilio rotate --new begins one.",
    "ROTATION_UNDER_WAY": "End it first: keva twilio rotate --promote, or --cancel.",
    "SHARED_KEY_ALREADY_EXISTS": "keva twilio shared-keys list shows it; remove it first to store another secret.",
    "SHARED_KEY_NOT_FOUND": "keva twilio shared-keys list shows those of each account.",
    "TOO_MANY_SHARED_KEYS": "Remove those that Twilio signs with no more: keva twilio shared-keys remove.",
    "CUSTOMER_FORGOTTEN": "Nothing can be added to what is erased; the customer's next text makes a new one.",
    "TICKET_ERASED": "Nothing can be added to what is erased; the customer's next text makes a new ticket.",
    "OVERLOADED": "Try again in a minute.",
}


def advice(error: KevaError) -> str:
    """A sentence that says what to do, or nothing when nothing general can be said."""
    if error.reason == "THREAD_HAS_LIVE_TICKET":
        live = error.metadata.get("live_ticket_id", "")
        return f"Go on with the customer's other ticket: keva tickets show {live}".rstrip()
    if error.reason == "CHANNEL_NOT_FOUND" and isinstance(error, FailedPrecondition):
        return "The number that the customer texted is no channel any more: keva channels add brings it back."
    if error.reason == "INTERNAL":
        error_id = error.metadata.get("error_id")
        return f"This is a bug; the service's log has the details under {error_id}." if error_id else ""
    return _ADVICE.get(error.reason, "")
