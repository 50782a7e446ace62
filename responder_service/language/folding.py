"""Text without case and accents: as words are compared, and as the word lists have them."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from responder_service.data.reading import EachOnce, Word


def fold(text: str) -> str:
    """`text` without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _is_folded(word: str) -> str:
    if word != fold(word):
        raise ValueError(f"is compared without case and accents: write {fold(word)}")
    return word


# Words or phrases of a word list.
FoldedWords = EachOnce[Annotated[Word, AfterValidator(_is_folded)]]
