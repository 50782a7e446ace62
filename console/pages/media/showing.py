"""How media of strangers are shown. Their types are what Twilio, and so the sender, says: what is not on these short
lists is a file to be saved, and never a page, a drawing with scripts, or anything else that a browser runs."""

_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_AUDIO = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm", "audio/aac"})
_VIDEO = frozenset({"video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/3gpp"})
_CONTACTS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "video/quicktime": ".mov",
    "video/3gpp": ".3gp",
    "application/pdf": ".pdf",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/plain": ".txt",
}


def media_type_of(content_type: str) -> str:
    """Without parameters, in small letters."""
    return content_type.partition(";")[0].strip().lower()


def how_shown(content_type: str) -> str:
    """`image`, `audio`, `video`, `contact` or `file`."""
    media_type = media_type_of(content_type)
    if media_type in _IMAGES:
        return "image"
    if media_type in _AUDIO:
        return "audio"
    if media_type in _VIDEO:
        return "video"
    return "contact" if media_type in _CONTACTS else "file"


def file_name(media_id: str, content_type: str) -> str:
    """What it is called when it is saved: letters, digits and dashes alone."""
    kept = "".join(
        character for character in media_id if character.isascii() and (character.isalnum() or character in "-_")
    )
    return f"{kept[:40]}{_ENDINGS.get(media_type_of(content_type), '.bin')}"
