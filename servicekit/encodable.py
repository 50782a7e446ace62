"""Text that every program can write."""


def encodable(text: str) -> str:
    """`text` with U+FFFD in place of what has no UTF-8 form: half of a character beyond U+FFFF, as it remains where a
    carrier cuts a text in between. Two halves that belong together become that character again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
