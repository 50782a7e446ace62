"""How many SMS segments a text takes (Twilio's glossary: "What is the SMS character limit")."""

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")  # each is sent as an escape and a character


def count_segments(body: str) -> int:
    """At least 1: of 160 septets, or 153 each, in GSM-7; of 70 UTF-16 units, or 67 each, in UCS-2."""
    sizes = [_septets(character) for character in body]
    if 0 not in sizes:
        return _pack(sizes, single=160, several=153)
    units = [len(character.encode("utf-16-be", "surrogatepass")) // 2 for character in body]
    return _pack(units, single=70, several=67)


def _septets(character: str) -> int:
    """Septets of a character in GSM-7; 0 when GSM-7 does not have it."""
    if character in GSM_BASIC:
        return 1
    return 2 if character in GSM_EXTENDED else 0


def _pack(sizes: list[int], *, single: int, several: int) -> int:
    """Fill segments one after another: an escape or a surrogate pair is never cut in two."""
    if sum(sizes) <= single:
        return 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > several:
            segments, used = segments + 1, 0
        used += size
    return segments
