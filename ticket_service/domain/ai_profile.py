"""How the AI speaks for a workspace, and how far it may go."""

from dataclasses import dataclass

from ticket_service.domain.errors import FieldInvalid

DEFAULT_HAND_OFF_NOTICE = "Thanks for your message. A member of our team will answer you here."
DEFAULT_MAX_REPLIES_IN_A_ROW = 5
DEFAULT_MAX_REPLIES_PER_CHANNEL_PER_DAY = 1000
DEFAULT_MAX_REPLIES_PER_CUSTOMER_PER_HOUR = 20

_MAX_CHARACTERS = {"business_name": 100, "tone": 500, "business_hours": 500, "hand_off_notice": 320}
_MAX_LANGUAGES = 20
_MAX_RULES = 50
_MAX_RULE_CHARACTERS = 200
# The most that each limit of replies may be.
_MOST_REPLIES = {
    "max_replies_in_a_row": 100,
    "max_replies_per_channel_per_day": 1_000_000,
    "max_replies_per_customer_per_hour": 200,
}


@dataclass(frozen=True)
class AiProfile:
    """What the AI knows of a workspace; ai_profile.proto says what each field means."""

    business_name: str = ""
    tone: str = ""
    business_hours: str = ""
    languages: tuple[str, ...] = ()
    hand_off_rules: tuple[str, ...] = ()
    hand_off_notice: str = DEFAULT_HAND_OFF_NOTICE
    max_replies_in_a_row: int = DEFAULT_MAX_REPLIES_IN_A_ROW
    max_replies_per_channel_per_day: int = DEFAULT_MAX_REPLIES_PER_CHANNEL_PER_DAY
    max_replies_per_customer_per_hour: int = DEFAULT_MAX_REPLIES_PER_CUSTOMER_PER_HOUR


def require_profile(profile: AiProfile) -> None:
    """Raises FieldInvalid for what is too long, too much or no language code."""
    for name, limit in _MAX_CHARACTERS.items():
        if len(getattr(profile, name)) > limit:
            raise FieldInvalid(f"ai_profile.{name}", f"is longer than {limit} characters")
    if len(profile.languages) > _MAX_LANGUAGES or not all(map(_is_language, profile.languages)):
        raise FieldInvalid(
            "ai_profile.languages", f"may have at most {_MAX_LANGUAGES} ISO 639-1 codes in lower case, such as en"
        )
    rules = profile.hand_off_rules
    if len(rules) > _MAX_RULES or not all(rule.strip() and len(rule) <= _MAX_RULE_CHARACTERS for rule in rules):
        raise FieldInvalid(
            "ai_profile.hand_off_rules",
            f"may have at most {_MAX_RULES} rules, of 1 to {_MAX_RULE_CHARACTERS} characters each",
        )
    for name, most in _MOST_REPLIES.items():
        if not 0 < getattr(profile, name) <= most:
            raise FieldInvalid(f"ai_profile.{name}", f"must be between 0 and {most}")


def _is_language(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.islower()
