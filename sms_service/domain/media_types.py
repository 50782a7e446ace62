"""Which attachments are kept, and as what: what customers' phones send, and documents, but nothing that a browser or a
desktop would run."""

import re

# Pictures, sounds and films, whatever their format.
_WHOLE_KINDS = ("image", "audio", "video")
# A picture that is a document with scripts.
_NEVER_TAKEN = frozenset({"image/svg+xml", "image/svg"})
_TEXTS = frozenset(
    {
        *("text/plain", "text/calendar", "text/markdown", "application/json"),
        *("text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"),
        *("text/vcard", "text/x-vcard", "text/directory", "application/vcard"),
    }
)
_ZIP = "application/zip"
# Kept as they are: nobody here unpacks them. Those with macros by their very type are not among them.
_ZIPPED = frozenset(
    {
        "application/x-zip-compressed",
        "application/epub+zip",
        *(f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")),
        *(
            f"application/vnd.openxmlformats-officedocument.{kind}"
            for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
        ),
        *(f"application/vnd.apple.{kind}" for kind in ("pages", "numbers", "keynote")),
    }
)
# Microsoft's container of before 2007. It holds documents, and installers.
_OLE = "application/x-ole-storage"
_IN_OLE = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})
_OTHERS = frozenset(
    {
        *("application/pdf", "application/rtf", "text/rtf", _ZIP),
        *("application/gzip", "application/x-gzip", "application/x-7z-compressed"),
        *("application/vnd.rar", "application/x-rar-compressed"),
    }
)
_TAKEN = _TEXTS | _ZIPPED | _IN_OLE | _OTHERS
# What a store says that was told no type.
_SAYS_NOTHING = frozenset(
    {
        *("", "application/octet-stream", "binary/octet-stream", "application/binary", "application/unknown"),
        *("application/download", "application/x-download", "application/force-download"),
    }
)
# First bytes, and from where on, that nothing else begins with.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"PK\x03\x04", _ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (0, b"BEGIN:VCARD", "text/vcard"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
)
# What stands before the name of the format in files of Apple's and of phones, and the formats.
_BRAND = (4, b"ftyp")
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a"), "video/3gpp"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    b"qt  ": "video/quicktime",
    **dict.fromkeys((b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), "video/mp4"),
}
# What may stand there in films of Apple's instead.
_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_BITMAP, _BITMAPS = b"BM", frozenset({"image/bmp", "image/x-ms-bmp", "image/x-bmp"})
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}")


def plain_type(header: str) -> str:
    """The media type that a Content-Type header names, without parameters; empty when it names none."""
    named = header.partition(";")[0].strip().lower()
    return named if _MEDIA_TYPE.fullmatch(named) else ""


def may_be_taken(served: str) -> bool:
    """Whether what is served as that type may be kept, as far as that can be said before it is read."""
    return is_taken(served) or served in _SAYS_NOTHING


def is_taken(media_type: str) -> bool:
    """Whether attachments of that type are kept."""
    if media_type in _NEVER_TAKEN:
        return False
    return media_type in _TAKEN or media_type.partition("/")[0] in _WHOLE_KINDS


def type_of(served: str, announced: str, content: bytes) -> str:
    """The type as which `content` is kept; empty when it is not. Where it is served without a type, its own first bytes
    say what it is; what was announced decides only between formats that begin alike, and for texts."""
    if served not in _SAYS_NOTHING:
        return served if is_taken(served) else ""
    found = _by_signature(content)
    if found in (_ZIP, _OLE):
        inside = _ZIPPED if found == _ZIP else _IN_OLE
        return announced if announced in inside else found if found == _ZIP else ""
    if not found and is_taken(announced) and _may_be(announced, content):
        return announced
    return found


def _by_signature(content: bytes) -> str:
    """What the first bytes say; empty when they say nothing."""
    for offset, signature, media_type in _SIGNATURES:
        if content.startswith(signature, offset) and (not offset or content.startswith(b"RIFF")):
            return media_type
    offset, mark = _BRAND
    return _BRANDS.get(content[offset + 4 : offset + 8], "") if content.startswith(mark, offset) else ""


def _may_be(announced: str, content: bytes) -> bool:
    """Whether `content`, whose first bytes alone say too little, begins as what was announced does."""
    if announced in _TEXTS:
        return _is_text(content)
    if announced in _BITMAPS:
        return content.startswith(_BITMAP)
    offset, mark = _BRAND
    kind, begins = announced.partition("/")[0], content[offset : offset + len(mark)]
    if kind in _WHOLE_KINDS and begins == mark:
        # There are dozens of brands, and new ones.
        return True
    return begins in _ATOMS if kind == "video" else kind == "audio" and _is_frame(content)


def _is_frame(content: bytes) -> bool:
    """Whether it begins as a frame of MP3 or AAC does: twelve set bits, or eleven, and the layer."""
    return len(content) > 1 and content[0] == 0xFF and (content[1] & 0xE6 == 0xE2 or content[1] & 0xF6 == 0xF0)


def _is_text(content: bytes) -> bool:
    """Whether it is text, and not markup that a program might run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and not text.lstrip().startswith("<")
