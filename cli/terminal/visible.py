"""Text from outside made safe to print: a customer's text must not be able to move the cursor, change colours, set the
terminal's title or turn the reading direction of what stands beside it."""

import re

# DEL and C1 controls; line and paragraph separators; bidirectional embeddings, overrides and isolates (Unicode TR 9);
# lone surrogates, which no terminal's encoding can take. JSON escapes only C0 controls by itself. Marks of direction
# (U+061C, U+200E, U+200F) stay: they are in ordinary Hebrew and Arabic texts, and do no more than a letter does.
_UNSAFE_IN_JSON = "\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UNSAFE_JSON_CHARACTER = re.compile(f"[{_UNSAFE_IN_JSON}]")
_UNSAFE_CHARACTER = re.compile(f"[\x00-\x1f{_UNSAFE_IN_JSON}]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def line(text: str) -> str:
    """`text` on one line: breaks and tabs as spaces, other unsafe characters as escapes such as `\\x1b`."""
    return _UNSAFE_CHARACTER.sub(_escaped, _LINE_BREAK.sub(" ", text).replace("\t", " "))


def lines(text: str) -> list[str]:
    """The lines of `text`, each safe to print."""
    return [line(part) for part in _LINE_BREAK.split(text)]


def json_text(text: str) -> str:
    """JSON with the characters that JSON allows and terminals obey written as \\uXXXX: still the same JSON."""
    return _UNSAFE_JSON_CHARACTER.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
