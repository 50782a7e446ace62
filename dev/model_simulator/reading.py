"""What a prompt says, as far as this model understands prompts: JSON objects on lines of their own."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can could do does for from get got have hello hey hi how i if in is it long many "
        "me much my of on or our please so tell thank thanks that the their them there they this to u was we were what "
        "when where which who why will with would you your",
    )
)


@dataclass(frozen=True)
class ReadPassage:
    article_id: str
    title: str
    section: str
    text: str

    @property
    def words(self) -> frozenset[str]:
        return words(f"{self.title} {self.section} {self.text}")


@dataclass(frozen=True)
class ReadSentence:
    """A sentence of a draft that is to be verified."""

    number: int
    text: str
    quote: str


@dataclass(frozen=True)
class Reading:
    """`questions` are the customer's texts that wait for an answer; `sentences` those of a draft that is to be
    verified, if that is asked for."""

    passages: tuple[ReadPassage, ...]
    questions: tuple[str, ...]
    sentences: tuple[ReadSentence, ...] = ()
    business_name: str = ""
    business_hours: str = ""

    @property
    def question(self) -> str:
        return "\n".join(self.questions)


def read(contents: Iterable[str]) -> Reading:
    """Reads all messages of a request."""
    passages: list[ReadPassage] = []
    questions: list[str] = []
    sentences: list[ReadSentence] = []
    profile: dict[str, str] = {}
    for found in _objects(contents):
        if "article_id" in found:
            fields = {name: str(found.get(name, "")) for name in ("article_id", "title", "section", "text")}
            passages.append(ReadPassage(**fields))
        elif "quote" in found:
            number = found["number"]
            assert isinstance(number, int)
            sentences.append(ReadSentence(number, str(found.get("sentence", "")), str(found["quote"])))
        elif "role" in found and (found.get("unanswered") or found.get("asked_now")):
            questions.append(str(found.get("text", "")))
        elif "business_name" in found or "business_hours" in found:
            profile = {name: str(found.get(name, "")) for name in ("business_name", "business_hours")}
    return Reading(tuple(passages), tuple(questions), tuple(sentences), **profile)


def _objects(contents: Iterable[str]) -> Iterable[dict[str, object]]:
    for line in "\n".join(contents).splitlines():
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def words(text: str) -> frozenset[str]:
    """The words that say what a text is about, without endings."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(word.removesuffix("s") for word in found if word not in _STOP_WORDS and len(word) > 1)
