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
# By language, ISO 639-1.
_ByLanguage = dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], tuple[_Phrase, ...]]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _NoTexts(_Table):
    alone: _ByLanguage
    within: _ByLanguage
    fillers: _ByLanguage
    unless: _ByLanguage


class _Reactions(_Table):
    forms: _ByLanguage
    of_any_language: tuple[_Phrase, ...]


def _content(name: str) -> object:
    # As texts: "no" and "on" are words here.
    return yaml.BaseLoader((_FOLDER / name).read_text(encoding="utf-8")).get_single_data()


def _all(lists: _ByLanguage) -> list[str]:
    return [phrase for phrases in lists.values() for phrase in phrases]


def _phrases() -> Phrases:
    no_texts = _NoTexts.model_validate(_content("no_texts.yaml"))
    reactions = _Reactions.model_validate(_content("reactions.yaml"))
    languages = dict.fromkeys(language for lists in no_texts.model_dump().values() for language in lists)
    return Phrases(
        Reactions([*_all(reactions.forms), *reactions.of_any_language]),
        PlainWords(_wording(no_texts, language) for language in languages),
    )


def _wording(lists: _NoTexts, language: str) -> Wording:
    # "please" stands beside the words of any language.
    fillers = {*lists.fillers["en"], *lists.fillers.get(language, ())}
    return Wording(
        lists.alone.get(language, ()), lists.within.get(language, ()), fillers, lists.unless.get(language, ())
    )


PHRASES = _phrases()
