"""What a customer's texts ask: fragments put together, and several questions taken apart."""

import re
from collections.abc import Callable, Sequence

from responder_service.language.words import split

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[?？。！])(?=\S)")
_ENDS = (".", "!", "?", "…", "？", "。")

# What a question begins with, by language.
_STARTERS = {
    "en": """
        what whats what's which who whos when whens where wheres why how hows do does did is are was were can could
        will would should may might have has am any anyone
    """,
    "es": """
        que cual cuales cuando cuanto cuanta cuantos cuantas donde adonde como quien por puedo pueden puede hay tienen
        tiene hacen hace venden envian aceptan abren
    """,
    "fr": """
        que quel quelle quels quelles quand combien ou comment qui pourquoi est puis peut pouvez avez faites livrez
        acceptez y
    """,
    "de": """
        was welche welcher welches wann wo wohin wie wer warum kann konnen konnt kannst ist sind gibt habt haben hat
        darf liefert versendet nehmt macht
    """,
}
_STARTS = frozenset(" ".join(_STARTERS.values()).split())
_AND = re.compile(r",?\s+(?:and|also|y|et|und)\s+(?:also\s+)?(?=(\S+))", re.IGNORECASE)

# A text that begins so goes on with the one before.
_CONTINUATIONS = {
    "en": """
        to in into on onto at for from of with without by per via than the a an my your this that these those or but
    """,
    "es": "a al en para de del con sin por el la los las un una mi su o",
    "fr": "au aux dans pour du des avec sans par le les une mon ma votre ou chez vers",
    "de": "nach im auf fur von mit ohne bei der die das ein eine einen mein meine oder zum zur ins",
}
_CONTINUES = frozenset(" ".join(_CONTINUATIONS.values()).split())

# Who writes this wants to command rather than to ask, whatever else stands there.
_COMMANDS = re.compile(
    r"""
      \b (?: ignore | disregard | forget | override | bypass ) \b .{0,30}
         \b (?: instruction | instructions | rule | rules | prompt | guideline | guidelines | above | previous ) \b
    | \b (?: system | hidden | initial | your | the ) \s prompt \b (?! \s (?: reply | response | answer | delivery ) )
    | \b you \s are \s now \b | \b (?: act | behave | respond | reply ) \s as \s (?: a | an | if | the | my ) \b
    | \b pretend \b | \b role ?play \b | \b jailbreak \b | \b (?: developer | debug | admin | dan ) \s mode \b
    | \b (?: your | new | these ) \s instructions \b
    | \b (?: api | secret | access ) \s keys? \b | \b passwords? \b | \b as \s an \s ai \b
    | \b (?: another | other | last | previous ) \s customers? \b
    | \b customer \s (?: list | data | database | records? ) \b
    | \b (?: olvida | ignora | ignore | oublie | oubliez | ignoriere | ignorier | vergiss ) \b .{0,30}
         \b (?: instrucciones | reglas | instructions | regles | consignes | anweisungen | regeln ) \b
    """,
    re.VERBOSE,
)


# What has become of something of the customer's own: no article knows.
_OF_ONE_S_OWN = re.compile(
    r"""
    ^ (?: (?: hi | hey | hello | ok | okay | so | and | also ) \s )*
    (?: (?: did | has | have | was | were ) \s
          (?: you \s (?: guys \s )? (?: receive | get | got | ship | send | sent ) \s )?
      | when \s (?: is | are | was ) \s
      | whens \s
    ) my \b
    """,
    re.VERBOSE,
)

_STATE_OF_ONE_S_OWN = re.compile(
    r"\b(?:is|are|was|were|has|have|did|will) my (?:\w+ ){0,5}?(?:already|yet|ready|done|finished|processed|approved)\b"
)

_FOLLOW_UP = re.compile(
    r"^(?:(?:ok|okay|thanks|great|cool|gracias|merci|danke|vale) )*"
    r"(?:and|what about|how about|what if|or|y|et|und|oder|wie sieht es|que tal)\b"
)


def is_follow_up(text: str) -> bool:
    """Whether the text goes on with what was asked before, such as "and to Mexico?"."""
    return _FOLLOW_UP.search(" ".join(split(text))) is not None


def asks_of_own(text: str) -> bool:
    """Whether the text asks what became of something of the customer's, such as "did my return arrive?"."""
    said = " ".join(split(text))
    return bool(_OF_ONE_S_OWN.search(said) or _STATE_OF_ONE_S_OWN.search(said))


def commands(text: str) -> bool:
    """Whether the text tries to command: new rules, another role, secrets, other customers' data."""
    return _COMMANDS.search(" ".join(split(text))) is not None


def questions(texts: Sequence[str], says_something: Callable[[str], bool]) -> list[str]:
    """The questions in the texts, each with the statements around it, which may bear on it: "It is cracked. What now?"
    is one. What says nothing, such as a greeting, is left out."""
    found: list[list[str]] = []
    open_ended = True
    for sentence in _sentences(texts):
        is_question = _is_question(sentence)
        if not found or (is_question and not open_ended):
            found.append([])
            open_ended = True
        found[-1].append(sentence)
        if is_question and says_something(sentence):
            open_ended = False
    joined = [" ".join(sentences) for sentences in found]
    return [text for text in joined if says_something(text)]


def _sentences(texts: Sequence[str]) -> list[str]:
    sentences: list[str] = []
    for text in _joined(texts):
        for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
            sentences += _clauses(sentence)
    return sentences


def _joined(texts: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for text in map(str.strip, texts):
        goes_on = bool(joined) and not joined[-1].endswith(_ENDS) and _first(text) in _CONTINUES
        if goes_on:
            joined[-1] = f"{joined[-1]} {text}"
        elif text:
            joined.append(text)
    return joined


def _clauses(sentence: str) -> list[str]:
    """A question that two questions make up: "do you ship to Canada and how much is it?"."""
    for match in _AND.finditer(sentence):
        if _is_question(sentence) and _first(match.group(1)) in _STARTS:
            return [sentence[: match.start()], *_clauses(sentence[match.end() :])]
    return [sentence]


def _is_question(sentence: str) -> bool:
    return "?" in sentence or "？" in sentence or _first(sentence) in _STARTS


def _first(text: str) -> str:
    return next(iter(split(text)), "")
