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
        ("AI replies", f"at most {profile.max_replies_in_a_row} in a row" if profile.max_replies_in_a_row else ""),
    ]
