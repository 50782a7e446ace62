"""The text of a file, whatever program has written it. A wrong guess would spoil names unseen, so none is made: a file
says what it is by its first bytes, or it is UTF-8, or somebody names its encoding."""

import codecs

from client.failure import Failure, unusable

_SAVE = "Save it from the spreadsheet as CSV UTF-8 (comma-separated values)."
_MARKED = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What a spreadsheet program writes unless it is told otherwise.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def text_of(content: bytes, encoding: str = "") -> str:
    """`encoding` is one of Python's names; empty: UTF-8, or UTF-16 that begins with its mark. Raises Failure for what
    is not text in it."""
    if content.startswith(_WORKBOOKS):
        raise unusable("This is a spreadsheet's own file, not a list.", _SAVE)
    marked = next((name for mark, name in _MARKED.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(_known(encoding) if encoding else marked)
    except UnicodeDecodeError as error:
        raise _not_text(content, error, encoding) from error
    if "\0" in text:
        raise unusable("This is not a text file: it has zero bytes.", _SAVE)
    return text


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        found = None
    # Python's list also has names of other encodings than of text, such as base64.
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise unusable(f"There is no encoding {encoding}.", "Examples: utf-8, windows-1252, windows-1250, shift_jis.")
    return found.name


def _not_text(content: bytes, error: UnicodeDecodeError, encoding: str) -> Failure:
    line = content.count(b"\n", 0, error.start) + 1
    if encoding:
        return unusable(f"Line {line} is not {encoding}.", "Name the encoding that the file has, or save it as UTF-8.")
    return unusable(
        f"The file is not UTF-8 (line {line}).",
        f"{_SAVE} Or name the encoding that it has: Excel's plain CSV in Western Europe and America is windows-1252.",
    )
