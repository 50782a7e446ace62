"""A secret that is carried through the code without being shown by it."""

import hmac
import re
from typing import NoReturn, Self

from servicekit import errors
from servicekit.limits import SECRET_CHARACTERS

_PRINTABLE = re.compile(rf"[!-~]{{1,{SECRET_CHARACTERS}}}")


class Secret:
    """An Auth Token, a key: text that no print, log line, traceback or pickle shows. `reveal` gives it to what needs
    it, at the last moment. Equal when the texts are, which is compared in constant time."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text. Never keep it, and put it into no message."""
        return self.__text

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self.__text.encode(), other.__text.encode())

    def __hash__(self) -> int:
        return hash(self.__text)

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __format__(self, format_spec: str) -> str:
        return "***"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")


def require_well_formed(secret: Secret, field: str) -> None:
    """Raises InvalidArgument FIELD_REQUIRED or FIELD_INVALID for what cannot be somebody else's secret, such as an
    Auth Token, and never quotes it. It is never trimmed: what is kept is what was given."""
    if not secret:
        raise errors.required(field)
    if not _PRINTABLE.fullmatch(secret.reveal()):
        raise errors.invalid(
            field, f"must be 1 to {SECRET_CHARACTERS} printable ASCII characters without spaces; copy it again"
        )
