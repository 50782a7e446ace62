"""How the AI speaks for a workspace, in words."""

from keva.ticket.v1 import ai_profile_pb2


def ai_profile_lines(profile: ai_profile_pb2.AiProfile) -> list[tuple[str, str]]:
    """Names and values; what is not set and needs no word has an empty value."""
    return [
        ("Business", profile.business_name),
        ("Tone", profile.tone),
        ("Hours", profile.business_hours),
        ("Languages", ", ".join(profile.languages) or "any"),
        ("Left to people", ", ".join(profile.hand_off_rules)),
        ("Hand-off notice", profile.hand_off_notice or "none: the customer gets no text about it"),
        ("AI replies", _reply_limits(profile)),
    ]


def _reply_limits(profile: ai_profile_pb2.AiProfile) -> str:
    limits = (
        (profile.max_replies_in_a_row, "in a row"),
        (profile.max_replies_per_customer_per_hour, "an hour to a customer"),
        (profile.max_replies_per_channel_per_day, "a day from a number"),
    )
    known = [f"{limit:,} {words}" for limit, words in limits if limit]
    return f"at most {', '.join(known)}" if known else ""
