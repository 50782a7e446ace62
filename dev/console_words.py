"""Writes the words of the console's templates to console/words/console.pot, from which translations begin:
`make words`."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

_CONSOLE = Path(__file__).parents[1] / "console"
CATALOG = _CONSOLE / "words" / "console.pot"


def words() -> str:
    """The catalogue as the templates are now. It has no dates and no line numbers, so that it changes with words
    alone."""
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(_CONSOLE / "templates", [("**.html", "jinja2")], {"**.html": {"silent": "false"}})
    for file, _, message, comments, context in sorted(found, key=lambda each: each[:2]):
        catalog.add(message, locations=[(f"templates/{file}", 1)], auto_comments=comments, context=context)
    written = BytesIO()
    write_po(written, catalog, width=120, omit_header=True, include_lineno=False)
    return written.getvalue().decode()


if __name__ == "__main__":
    CATALOG.write_text(words())
