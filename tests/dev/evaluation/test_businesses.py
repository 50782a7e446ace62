"""Businesses are read from their folders, without example questions where those are left out, and are as they were
frozen."""

import hashlib
import re
from pathlib import Path

import pytest

from dev.evaluation.businesses import (
    CHECKSUMS,
    FIRST_SIGHT,
    Business,
    changed_files,
    load_business,
    load_businesses,
    without_questions,
    write_workspaces,
)
from dev.evaluation.cases import CaseError, Profile

BAKERY = Path(__file__).parent / "businesses" / "bakery"


def _business(folder: Path, **files: str) -> Path:
    for name, content in {"profile": "business_name: Shed", **files}.items():
        (folder / f"{name}.yaml").write_text(content)
    return folder


def test_all_files_of_a_business_are_read() -> None:
    bakery = load_business(BAKERY, "first_sight")

    assert (bakery.name, bakery.profile.time_zone) == ("bakery", "America/New_York")
    assert [case.id for case in bakery.conversations] == ["rye", "cake", "person", "thanks"]
    assert {case.set for case in bakery.conversations} == {"first_sight"}
    assert [len(cases) for cases in (bakery.traps, bakery.marks, bakery.drafts)] == [1, 4, 3]


def test_folders_without_a_profile_are_no_businesses(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()

    assert load_businesses(tmp_path, "tuning") == []
    assert [business.name for business in load_businesses(BAKERY.parent, "tuning")] == ["bakery"]


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        pytest.param("Mon to Sat 10-18", "Mon to Sat 10-18", id="a line"),
        pytest.param({"monday": ["08:00-18:00"]}, "Monday 08:00-18:00", id="lists"),
        pytest.param(
            {"monday": ["08:00-12:00", "13:00-18:00"]}, "Monday 08:00-12:00 and 13:00-18:00", id="a break at noon"
        ),
        pytest.param({"friday": "08:00-18:00", "sunday": "closed"}, "Friday 08:00-18:00; Sunday closed", id="texts"),
        pytest.param({"monday": "closed", "tuesday": []}, "Monday to Tuesday closed", id="days alike"),
        pytest.param({"sunday": None}, "Sunday closed", id="nothing"),
    ],
)
def test_hours_become_a_line_as_an_owner_writes_it(hours: object, text: str) -> None:
    assert Profile.model_validate({"business_hours": hours}).business_hours == text


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        pytest.param({"profile": "name: Shed"}, "profile.yaml: name Extra inputs", id="profile"),
        pytest.param(
            {"marks": "cases: [{id: a, language: en, texts: [x], mark: FIRE}]"}, "marks.yaml, case a: mark", id="mark"
        ),
        pytest.param({"drafts": "cases: [{id: a, texts: [x], right: true, why: y}]"}, "case a: sentences", id="draft"),
        pytest.param(
            {
                "traps": "cases: [{id: a, kind: k, outcome: hand_off, texts: [x]}]",
                "marks": "cases: [{id: a, language: en, texts: [x], mark: NONE}]",
            },
            "stand twice: a",
            id="same id in two files",
        ),
    ],
)
def test_a_business_that_cannot_be_used_is_refused(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    with pytest.raises(CaseError, match=complaint):
        load_business(_business(tmp_path, **files), "tuning")


def test_a_knowledge_base_has_each_business_twice(tmp_path: Path) -> None:
    write_workspaces(tmp_path, [load_business(BAKERY, "tuning")])

    with_questions = (tmp_path / "bakery" / "bread.md").read_text()
    bare = (tmp_path / without_questions("bakery") / "bread.md").read_text()
    assert "Q: what does the rye cost" in with_questions
    assert "Q:" not in bare
    assert "## Price of a rye loaf\nA rye loaf costs $7." in bare
    assert (tmp_path / without_questions("bakery") / "es" / "pan.md").exists()


def test_what_was_changed_since_it_was_frozen_is_named(tmp_path: Path) -> None:
    for name in ("same.md", "other.md", "more.md"):
        (tmp_path / name).write_text(name)
    digests = {"same.md": hashlib.sha256(b"same.md").hexdigest(), "other.md": "0" * 64, "gone.md": "0" * 64}
    (tmp_path / CHECKSUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()))

    assert changed_files(tmp_path) == ["gone.md", "more.md", "other.md"]


def test_what_was_never_frozen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="SHA256SUMS"):
        changed_files(tmp_path)


def test_the_businesses_of_first_sight_are_as_they_were_frozen() -> None:
    assert changed_files(FIRST_SIGHT) == [], "never change these: once tuned on, they are not a first sight"


def _first_sight() -> list[Business]:
    return load_businesses(FIRST_SIGHT, "first_sight")


@pytest.mark.parametrize("business", _first_sight(), ids=lambda business: business.name)
def test_what_the_cases_of_first_sight_name_is_in_the_articles(business: Business) -> None:
    articles = {path.relative_to(business.articles).as_posix()[:-3]: path for path in business.articles.rglob("*.md")}
    headings = {f"{id}#{h}" for id, path in articles.items() for h in re.findall(r"(?m)^#+ (.+)$", path.read_text())}
    cases = [*business.conversations, *business.traps]

    assert {article for case in cases for article in case.articles} <= articles.keys()
    assert {section for case in cases for section in case.sections} <= headings
    assert all(case.sections and case.mentions for case in business.conversations if case.outcome == "answer")


def test_first_sight_is_large_enough() -> None:
    businesses = _first_sight()
    asked = [len(business.conversations) for business in businesses if business.conversations]

    assert min(asked) >= 80
    assert sum(asked) >= 240
    assert sum(len(business.traps) for business in businesses) >= 100
    assert sum(len(business.drafts) for business in businesses) >= 600
