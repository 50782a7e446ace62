"""Words for people. They stand in the code in English; console/words/console.pot
has them all, those of templates, too, for translators (`make words`)."""

from gettext import NullTranslations

# There is no other language yet.
_ENGLISH = NullTranslations()


def say(words: str, **values: object) -> str:
    """The words, with `values` in the places that have their names: `say("Connected %(account)s.", account=sid)`."""
    known = _ENGLISH.gettext(words)
    return known % values if values else known


def say_many(one: str, many: str, number: int, **values: object) -> str:
    """The same of something counted: `one` or `many`, with the number as `%(num)s`, unless `values` has another."""
    return form_of(one, many, number) % {"num": number, **values}


def form_of(one: str, many: str, number: int) -> str:
    """The form that goes with the number, its places still empty."""
    return _ENGLISH.ngettext(one, many, number)


def marked(words: str) -> str:
    """Words in a table, which are said later, when it is known who reads: they are in the catalogue, too."""
    return words


def marked_many(one: str, many: str) -> tuple[str, str]:
    """The same of something counted."""
    return one, many
