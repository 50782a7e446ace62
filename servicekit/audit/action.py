"""What a list of audit actions is made of: names, each with what it is about and a sentence on what happened."""

from enum import StrEnum


class Action(StrEnum):
    """A service's list of what it records is a subclass, one member per action: name, subject, meaning.

    The member itself is the name that is stored. `subject` is whose id the record names; `meaning` is a sentence on
    what happened and what the details say.
    """

    subject: str
    meaning: str

    def __new__(cls, name: str, subject: str, meaning: str) -> "Action":
        """A member is equal to its name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.subject = subject
        member.meaning = meaning
        return member
