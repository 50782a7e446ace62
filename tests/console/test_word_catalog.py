"""The catalogue from which translations of the console begin."""

from dev.console_words import CATALOG, words


def test_it_has_the_words_of_the_templates_as_they_are() -> None:
    assert CATALOG.read_text() == words(), "the words of console/templates/ have changed: make words"


def test_what_is_counted_has_both_forms() -> None:
    assert 'msgid "%(num)s segment"\nmsgid_plural "%(num)s segments"\n' in words()
