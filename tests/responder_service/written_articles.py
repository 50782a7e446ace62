"""Articles as files, as a responder reads them."""

from collections.abc import Mapping
from pathlib import Path


def write_articles(folder: Path, articles: Mapping[str, str]) -> Path:
    """Writes the texts, by file name, as those of the workspace `default`. Returns `folder`."""
    for name, text in articles.items():
        path = folder / "default" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
