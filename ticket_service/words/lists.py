"""Reads the files of this folder. They are constants of the program: a process with a broken one does not start."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints

from ticket_service.domain.texts.phrases import Phrases
from ticket_service.domain.texts.plain_words import PlainWords, Wording
from ticket_service.domain.texts.reaction import Reactions

_FOLDER = Path(__file__).parent
_Phrase = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
# ISO 639-1.
_Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
_ByLanguage = dict[_Language, tuple[_Phrase, ...]]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _NoTexts(_Table):
    alone: _ByLanguage
    sentences: _ByLanguage
    within: _ByLanguage
    parts: dict[_Language, dict[_Phrase, tuple[_Phrase, ...]]]
    polite: tuple[_Phrase, ...]
    misspelled: tuple[_Phrase, ...]
    fillers: _ByLanguage
    unless: _ByLanguage


class _Reactions(_Table):
    forms: _ByLanguage
    of_any_language: tuple[_Phrase, ...]


def _content(name: str) -> object:
    # As texts: "no" and "on" are words here.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return loader((_FOLDER / name).read_text(encoding="utf-8")).get_single_data()


def _all(lists: _ByLanguage) -> list[str]:
    return [phrase for phrases in lists.values() for phrase in phrases]


def _phrases() -> Phrases:
    no_texts = _NoTexts.model_validate(_content("no_texts.yaml"))
    reactions = _Reactions.model_validate(_content("reactions.yaml"))
    languages = {**no_texts.alone, **no_texts.within}
    return Phrases(
        Reactions([*_all(reactions.forms), *reactions.of_any_language]),
        PlainWords([_wording(no_texts, language) for language in languages], no_texts.polite, no_texts.misspelled),
    )


# What people write who have no such letters on their keyboard.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _as_they_are(phrases: tuple[_Phrase, ...]) -> tuple[_Phrase, ...]:
    return phrases


def _in_both_spellings(phrases: tuple[_Phrase, ...]) -> tuple[_Phrase, ...]:
    """In German: as it is written, and without umlauts."""
    return tuple(dict.fromkeys((*phrases, *(phrase.translate(_UMLAUTS) for phrase in phrases))))


def _wording(lists: _NoTexts, language: str) -> Wording:
    """English is understood everywhere: "stop svp"."""
    both = ("en",) if language == "en" else ("en", language)

    spelled = _in_both_spellings if language == "de" else _as_they_are

    def of_both(phrases: _ByLanguage) -> tuple[str, ...]:
        return tuple(phrase for each in both for phrase in spelled(phrases.get(each, ())))

    return Wording(
        alone=of_both(lists.alone),
        sentences=of_both(lists.sentences),
        within=spelled(lists.within.get(language, ())),
        fillers=of_both(lists.fillers),
        unless=spelled(lists.unless.get(language, ())),
        parts={name: spelled(phrases) for name, phrases in lists.parts.get(language, {}).items()},
    )


PHRASES = _phrases()
