"""The lists of words that texts are compared with, together."""

from dataclasses import dataclass

from ticket_service.domain.texts.keyword import keyword_of
from ticket_service.domain.texts.plain_words import PlainWords
from ticket_service.domain.texts.reaction import Reactions


@dataclass(frozen=True)
class Phrases:
    """`no_texts`: how people ask in plain words not to be texted."""

    reactions: Reactions
    no_texts: PlainWords

    def say_nothing_to_us(self, text: str, our_number: str) -> bool:
        """Whether a text to that number is a reaction, or a keyword, which the carrier has answered."""
        return keyword_of(text, None, False, our_number) is not None or self.reactions.are(text)
