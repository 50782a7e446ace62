"""`python -m dev.language_model`: writes responder_service/data/language_model.zip from the installed py3langid.

py3langid unpacks 68 MB at start, most of them an automaton with all of its transitions and languages that nobody asks
for. The same automaton as a tree with links back (Aho and Corasick) takes 1.4 MB, and each language is read on its own.
"""

import zipfile
from collections import deque
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from responder_service.language.identifier import MODEL

Numbers = npt.NDArray[np.int64]
# A date that does not change: the same model makes the same file.
_DATE = (2020, 1, 1, 0, 0, 0)


def main() -> None:
    """The command."""
    write(MODEL)
    print(f"{MODEL}: {MODEL.stat().st_size // 1024} KiB")


def write(path: Path) -> None:
    """Writes the model to `path`."""
    source = LanguageIdentifier.from_model_file(MODEL_FILE)
    moves = np.array(source.tk_nextmove).reshape(-1, 256)[np.array(source.tk_row)].astype(np.int64)
    order, parents, letters = _tree(moves)
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    features = np.array(source.tk_output)[order]
    values = np.unique(source.nb_ptc)
    package = distribution("py3langid")
    members = {
        "LICENSE": (package.read_text("licenses/LICENSE") or "").encode(),
        "origin": f"py3langid {package.version}\n".encode(),
        "letters": letters[order].astype("<u1").tobytes(),
        "children": np.bincount(position[parents[order[1:]]], minlength=len(order)).astype("<u1").tobytes(),
        "links": position[_links(moves, order, parents, letters)][order].astype("<u4").tobytes(),
        "features": features.astype("<i4").tobytes(),
        "values": values.astype("<f4").tobytes(),
        **_languages(source, values),
    }
    # LZMA would make it a fifth smaller, and reading it take three times as long and twice the memory.
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED, compresslevel=9)


def _tree(moves: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The automaton's states, breadth first, so that the children of each stand side by side; and, by state, its parent
    and the letter that leads to it."""
    parents, letters = np.full(len(moves), -1), np.zeros(len(moves), dtype=np.int64)
    order, waiting = [0], deque([0])
    parents[0] = 0
    while waiting:
        state = waiting.popleft()
        for letter, target in enumerate(moves[state].tolist()):
            if parents[target] < 0:
                parents[target], letters[target] = state, letter
                order.append(target)
                waiting.append(target)
    return np.array(order), parents, letters


def _links(moves: Numbers, order: Numbers, parents: Numbers, letters: Numbers) -> Numbers:
    """By state, the one that stands for the longest other end of what was read. Raises ValueError when the automaton is
    no tree with such links."""
    links = np.zeros(len(moves), dtype=np.int64)
    for state in order[1:].tolist():
        parent = int(parents[state])
        links[state] = moves[links[parent], letters[state]] if parent else 0
    is_child = np.zeros(moves.shape, dtype=bool)
    is_child[parents[order[1:]], letters[order[1:]]] = True
    if not (is_child | (moves == moves[links]))[order[1:]].all():
        raise ValueError("the automaton is not Aho and Corasick's: responder_service cannot read it")
    return links


def _languages(source: LanguageIdentifier, values: npt.NDArray[np.float16]) -> dict[str, bytes]:
    """By name and number, since some languages have two: the prior, and per feature its weight's number in `values`.
    Only languages with an ISO 639-1 code, as a workspace's profile has them."""
    found: dict[str, bytes] = {}
    for column, language in enumerate(source.nb_classes):
        if len(language) == 2:
            weights = np.searchsorted(values, source.nb_ptc[:, column]).astype("<u2")
            number = sum(name.startswith(f"languages/{language}/") for name in found)
            prior = np.array(source.nb_pc[column], dtype="<f4").tobytes()
            found[f"languages/{language}/{number}"] = prior + weights.tobytes()
    return found


if __name__ == "__main__":
    main()
