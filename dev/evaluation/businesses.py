"""Businesses: articles, a profile, and what their customers text. Those of tests/first_sight were written by people who
had not read how the AI decides, and are frozen; those of tests/eval are for developing."""

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from dev.evaluation.cases import (
    Case,
    CaseError,
    DraftCase,
    MarkCase,
    Profile,
    Set,
    content_of,
    problems_of,
    read,
    refuse_doubles,
)

ROOT = Path(__file__).parents[2]
FIRST_SIGHT = ROOT / "tests" / "first_sight"
# As `sha256sum` writes and checks it.
CHECKSUMS = "SHA256SUMS"
_EXAMPLE_QUESTION = re.compile(r"^Q:.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Business:
    """One business. `name` is its folder's, and its workspace's id."""

    name: str
    articles: Path
    profile: Profile
    conversations: tuple[Case, ...] = ()
    traps: tuple[Case, ...] = ()
    marks: tuple[MarkCase, ...] = ()
    drafts: tuple[DraftCase, ...] = ()


def load_businesses(folder: Path, of: Set) -> list[Business]:
    """The folders in `folder` that have a profile, in the order of their names. Raises CaseError."""
    return [load_business(path.parent, of) for path in sorted(folder.glob("*/profile.yaml"))]


def load_business(folder: Path, of: Set) -> Business:
    """The business in `folder`; of its four files of cases any may be missing. Raises CaseError."""
    try:
        profile = Profile(**content_of(folder / "profile.yaml"))
    except ValidationError as error:
        raise CaseError(f"{folder.name}/profile.yaml: {problems_of(error)}") from error
    files = {name: folder / f"{name}.yaml" for name in ("conversations", "traps", "marks", "drafts")}
    there = {name: path for name, path in files.items() if path.exists()}
    conversations, traps = (read(there[n], Case, set=of) if n in there else [] for n in ("conversations", "traps"))
    marks = read(there["marks"], MarkCase) if "marks" in there else []
    drafts = read(there["drafts"], DraftCase) if "drafts" in there else []
    try:
        refuse_doubles([*map(_id, conversations), *map(_id, traps), *map(_id, marks), *map(_id, drafts)])
    except CaseError as error:
        raise CaseError(f"{folder.name}: {error}") from None
    articles = folder / "articles"
    return Business(folder.name, articles, profile, tuple(conversations), tuple(traps), tuple(marks), tuple(drafts))


def _id(case: Case | MarkCase | DraftCase) -> str:
    return case.id


def changed_files(folder: Path) -> list[str]:
    """The files below `folder` that are not as they were frozen, by their names: changed, added or removed ones. Raises
    CaseError when the list of checksums is missing."""
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CaseError(f"{CHECKSUMS} of {folder} cannot be read: {error}") from error
    frozen = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    now = dict(_digests(folder))
    return sorted(name for name in frozen.keys() | now.keys() if frozen.get(name) != now.get(name))


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != CHECKSUMS:
            yield path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()


def write_workspaces(folder: Path, businesses: Sequence[Business]) -> None:
    """Makes a knowledge base in `folder`: of each business one workspace with its example questions, and one without
    them (`without_questions`)."""
    for business in businesses:
        shutil.copytree(business.articles, folder / business.name)
        bare = folder / without_questions(business.name)
        shutil.copytree(business.articles, bare)
        for path in bare.rglob("*.md"):
            text = path.read_text(encoding="utf-8")
            path.write_text(_EXAMPLE_QUESTION.sub("", text), encoding="utf-8")


def without_questions(name: str) -> str:
    """The workspace of a business without its owner's example questions."""
    return f"{name}-without-questions"
