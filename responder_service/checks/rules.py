"""What a draft must not do, whoever wrote it. What stands between a model and a customer's phone.

Each rule is a name and a question; the first that is answered yes stops the draft. The rules here are on the whole
draft; evidence.py has those on each sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from responder_service.checks import claims, contacts, evidence, form
from responder_service.checks.claim import Claim
from responder_service.checks.plain_text import sentences, words
from responder_service.checks.quotes import around
from responder_service.checks.written import written
from responder_service.drafting.conversation import Conversation, Draft, Role, Sentence
from responder_service.knowledge.passage import Passage
from responder_service.language.detection import detect

# A sentence with fewer letters may be mistaken for one in another language.
_TELLING_LETTERS = 14
# A question of fewer is anybody's guess: "was kostet strom".
_CERTAIN_LETTERS = 18
# More than any thread of SMS that one answer can take into account.
_MOST_CUSTOMER_CHARACTERS = 4_000


@dataclass(frozen=True)
class Checked:
    """A draft with what it may rest on, each as text."""

    draft: Draft
    conversation: Conversation

    @property
    def text(self) -> str:
        """The draft."""
        return self.draft.text

    @cached_property
    def sources(self) -> list[str]:
        """The passages that the draft rests on, one by one, and what of the profile customers may know."""
        profile = self.conversation.profile
        passages = [f"{_headings(passage)}.\n{passage.text}" for passage in self.draft.passages]
        hours = f"Opening hours, when we are open: {profile.business_hours}" if profile.business_hours else ""
        return [*passages, f"{profile.business_name}.\n.\n{hours}"]

    @cached_property
    def claims(self) -> list[Claim]:
        """The sentences that are in a model's own words, each with its evidence."""
        return [self._claim(sentence) for sentence in self.draft.sentences]

    def _claim(self, sentence: Sentence) -> Claim:
        passage, profile = sentence.passage, self.conversation.profile
        source = passage.text if passage else profile.business_hours
        heading = _headings(passage) if passage else "Opening hours, when we are open"
        language = passage.language if passage else self._detect(source)
        # A short answer is in the customer's language, if in doubt.
        said_in = self.language or self.asked_in
        return Claim(
            text=written(sentence.text),
            quote=written(sentence.quote),
            around=written(around(sentence.quote, source)),
            heading=written(f"{heading}.\n{profile.business_name}"),
            draft=written(self.text),
            customer=written(self.customer),
            now=self.conversation.local_time,
            translates=bool(said_in and language) and said_in != language,
            language=self.language or language,
            hours=written(profile.business_hours),
            quotes=written("\n".join(sentence.quote for sentence in self.draft.sentences)),
        )

    @cached_property
    def given(self) -> str:
        """All of the sources."""
        return "\n".join(self.sources)

    @cached_property
    def customer(self) -> str:
        """What the customer wrote, the latest of it."""
        written = "\n".join(line.text for line in self.conversation.lines if line.role is Role.CUSTOMER)
        return written[-_MOST_CUSTOMER_CHARACTERS:]

    @cached_property
    def language(self) -> str:
        """The language of the draft; empty when it is not certain."""
        return self._detect(self.text)

    @cached_property
    def languages(self) -> set[str]:
        """The languages of its sentences, as far as they are long enough to be certain."""
        long = [part for part in sentences(self.text) if sum(map(str.isalpha, part)) >= _TELLING_LETTERS]
        return {self._detect(part) for part in long} - {""}

    @cached_property
    def asked_in(self) -> str:
        """The language of the customer's texts; empty when it is not certain."""
        waiting = " ".join(line.text for line in self.conversation.unanswered)
        certain = [text for text in (waiting, self.customer) if sum(map(str.isalpha, text)) >= _CERTAIN_LETTERS]
        return next(filter(None, (self._detect(text[-_MOST_CUSTOMER_CHARACTERS:]) for text in certain)), "")

    @cached_property
    def source_languages(self) -> set[str]:
        """The languages of the passages."""
        return {passage.language for passage in self.draft.passages}

    def _detect(self, text: str) -> str:
        return detect(text, self.conversation.profile.languages)

    @property
    def is_translated(self) -> bool:
        """Whether the draft is for certain in another language than all that it rests on."""
        return bool(self.language and self.source_languages) and self.language not in self.source_languages


def _headings(passage: Passage) -> str:
    return ".\n".join([passage.title, *passage.headings])


Rule = Callable[[Checked], bool]


class Checks:
    """The rules, for drafts of at most `max_segments` SMS segments by a model that has been given `instructions`."""

    def __init__(self, max_segments: int, instructions: str) -> None:
        self._rules: dict[str, Rule] = {
            "empty": lambda c: not c.text.strip(),
            "hidden characters": lambda c: form.is_hidden(c.text, c.given),
            "too long": lambda c: form.is_too_long(c.text, max_segments, bool(c.draft.sentences)),
            "markup": lambda c: form.is_marked_up(c.text),
            "secret": lambda c: form.holds_secret(c.text, c.given),
            "link": lambda c: contacts.foreign_link(c.text, c.given),
            "e-mail address": lambda c: contacts.foreign_email(c.text, c.given),
            "phone number": lambda c: contacts.foreign_phone(c.text, c.given),
            "prompt": lambda c: claims.repeats(c.text, instructions, c.given),
            "repeats the customer": lambda c: claims.says_after(c.text, c.customer, c.given),
            "speaks of itself": lambda c: claims.speaks_of_itself(c.text, c.given),
            "asks for secrets": lambda c: claims.asks_for_secrets(c.text, c.given),
            "claims to act": lambda c: claims.claims_done(c.text, c.given),
            "language": _is_in_another_language,
            "not word for word": _is_not_word_for_word,
        }

    @property
    def names(self) -> frozenset[str]:
        """All rules."""
        return frozenset(self._rules) | evidence.RULES.keys()

    def broken_rule(self, draft: Draft, conversation: Conversation) -> str | None:
        """The name of the first rule that `draft` breaks; None when it may go."""
        checked = Checked(draft, conversation)
        if broken := next((name for name, breaks in self._rules.items() if breaks(checked)), None):
            return broken
        return next(filter(None, map(evidence.broken_rule, checked.claims)), None)


def _is_in_another_language(checked: Checked) -> bool:
    """Not the customer's language, not one of the workspace's, two at once, or a translation into one that the rules
    cannot read."""
    if len(checked.languages) > 1:
        return True
    allowed = checked.conversation.profile.languages
    if allowed and checked.language and checked.language not in allowed:
        return True
    if checked.asked_in and checked.language and checked.asked_in != checked.language:
        return True
    return checked.is_translated and checked.language not in claims.LANGUAGES


def _is_not_word_for_word(checked: Checked) -> bool:
    """Whether a text that is not a model's says something that no source says in these words."""
    if checked.draft.sentences:
        return False
    known = f" {' '.join(words(checked.given))} "
    return any(f" {' '.join(words(sentence))} " not in known for sentence in sentences(checked.text))
