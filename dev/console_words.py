"""Writes the words of the console, those of its templates and those of Python, to console/words/console.pot, from which
translations begin: `make words`."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

_ROOT = Path(__file__).parents[1]
CATALOG = _ROOT / "console" / "words" / "console.pot"
# What client/words/language.py calls them.
_SAID = {"say": None, "marked": None, "say_many": (1, 2), "marked_many": (1, 2)}
_FOLDERS = ("console", "client")


def words() -> str:
    """The catalogue as the code is now. It has no dates and no line numbers, so that it changes with words alone."""
    catalog = Catalog(charset="utf-8")
    for folder in _FOLDERS:
        methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
        options = {"templates/**.html": {"silent": "false"}}
        found = extract_from_dir(_ROOT / folder, methods, options, {"_": None, "ngettext": (1, 2), **_SAID})
        for file, _, message, comments, context in sorted(found, key=lambda each: each[:2]):
            catalog.add(message, locations=[(f"{folder}/{file}", 1)], auto_comments=comments, context=context)
    written = BytesIO()
    write_po(written, catalog, width=120, omit_header=True, include_lineno=False)
    return written.getvalue().decode()


if __name__ == "__main__":
    CATALOG.write_text(words())
