"""The list of what sms_service records in the audit trail. docs/audit.md shows it."""

from servicekit.audit.action import Action


class AuditAction(Action):
    """Every record of a number also names its Account SID, and the number's last four digits."""

    PHONE_NUMBER_CONFIGURED = (
        "phone_number.configured",
        "Twilio's id of the number",
        "Somebody had Twilio send a number's texts to Keva: where they went before. Written before Twilio is asked, so "
        "that no change is without a record.",
    )
    PHONE_NUMBER_NOT_CONFIGURED = (
        "phone_number.not_configured",
        "Twilio's id of the number",
        "Twilio refused what the record before says, and nothing was changed: its error code.",
    )
    TEXT_NOT_TAKEN_IN = (
        "text.not_taken_in",
        "MessageSid, or a name of ours where Twilio gives none",
        "A text in Twilio's log cannot be stored, and stopped no other one: the reason, and the parameter at fault. "
        "Twilio's console shows it.",
    )
