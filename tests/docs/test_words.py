"""The glossary's words are used, and those that it rules out are not."""

import pytest

from tests.docs.words import banned, denials, denials_in_code, hits, in_code, in_pages

# Folders and files whose strings, docstrings and comments keep to the glossary.
_HELD = (
    "protos",
    "gateway",
    "ticket_service",
    "sms_service",
    "credentials_service",
    "responder_service",
    "servicekit",
    "client",
    "cli",
    "deploy",
    "dev/command_reference.py",
    "dev/reason_reference.py",
    "dev/settings_reference.py",
    "dev/chaos/trouble.py",
)
# What a language model is told may say "support desk", as people do.
_OTHERWISE = ("responder_service/drafting/prompt.py: desk: ",)
# What a language model is told was measured as it stands.
_PROMPTS = ("responder_service/drafting/prompt.py: ", "responder_service/drafting/verifier.py: ")


def test_the_pages_keep_to_the_glossary() -> None:
    assert list(in_pages()) == []


@pytest.mark.parametrize("top", _HELD)
def test_the_code_keeps_to_the_glossary(top: str) -> None:
    assert [hit for hit in in_code(top) if not hit.startswith(_OTHERWISE)] == []


@pytest.mark.parametrize("top", [*_HELD, "console", "dev"])
def test_the_code_says_is_not_a(top: str) -> None:
    assert [hit for hit in denials_in_code(top) if not hit.startswith(_PROMPTS)] == []


def test_the_glossary_rules_words_out() -> None:
    assert {"desk", "anew", "mend"} <= set(banned())


@pytest.mark.parametrize("text", ["Mend it.", "it was mended", "two\n    desks", "begins anew"])
def test_a_word_is_noticed(text: str) -> None:
    assert len(list(hits(text, banned()))) == 1


@pytest.mark.parametrize("text", ["amend", "recommend", "renewed", "a desktop"])
def test_a_longer_word_is_another_one(text: str) -> None:
    assert list(hits(text, banned())) == []


@pytest.mark.parametrize("text", ["That is no error.", "which are\n    no texts", "Was no ticket found?"])
def test_a_denial_is_noticed(text: str) -> None:
    assert len(list(denials(text))) == 1


@pytest.mark.parametrize("text", ["There is no key.", "it is no longer so", "they are no more", "is not an error"])
def test_a_plain_sentence_passes(text: str) -> None:
    assert list(denials(text)) == []
