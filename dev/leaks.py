"""What nobody may find who holds a dump of all databases, all logs and all metrics: Auth Tokens anywhere, in any form;
texts and whole phone numbers in what the processes write."""

import base64
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymongo
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

# What people put between a number's digits, and the same in a URL.
_BETWEEN_DIGITS = re.compile(r"%(?:2[89BbDdEe]|20)|\\u002[bB]|[ ()+./-]|\u00a0")
_NATIONAL_DIGITS = 10
# The server's own settings; `local` is searched, with the oplog: the history of all writes.
_NOT_SEARCHED = ("admin", "config")
# The state of its replication, which no user may read.
_ITS_OWN = ("local.replset.", "local.system.")


@dataclass(frozen=True)
class Private:
    """What must not be found. `words` stand in all texts; `numbers` are E.164."""

    tokens: Collection[str] = ()
    words: Collection[str] = ()
    numbers: Collection[str] = ()


def dump(uri: str) -> dict[str, bytes]:
    """All documents of each collection, byte for byte."""
    found: dict[str, bytes] = {}
    raw: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(uri) as client:
        for name in set(client.list_database_names()) - set(_NOT_SEARCHED):
            collections = client[name].list_collection_names()
            for collection in (one for one in collections if not f"{name}.{one}".startswith(_ITS_OWN)):
                documents: Any = client[name].get_collection(collection, codec_options=raw).find()
                found[f"{name}.{collection}"] = b"\n".join(document.raw for document in documents)
    return found


def log_files(folder: Path) -> dict[str, bytes]:
    """All logs below `folder`, the database's too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.log"))}


def in_databases(dumped: Mapping[str, bytes], private: Private) -> list[str]:
    """Where an Auth Token stands in a dump. What is found is not named: this goes into reports."""
    forms = [form for token in private.tokens for form in _forms(token)]
    return [f"an Auth Token in {where}" for where, content in dumped.items() if _holds(content, forms)]


def in_writings(written: Mapping[str, bytes], private: Private) -> list[str]:
    """Where an Auth Token, a text or a whole number stands in logs, metrics or anything else that processes write."""
    forms = [form for word in private.words for form in _forms(word)]
    digits = {re.sub(r"\D", "", number)[-_NATIONAL_DIGITS:] for number in private.numbers}
    found = in_databases(written, private)
    for where, content in written.items():
        if _holds(content, forms):
            found.append(f"a text in {where}")
        if not digits.isdisjoint(_numbers_in(content.decode(errors="replace"))):
            found.append(f"a whole phone number in {where}")
    return found


def _holds(content: bytes, forms: Collection[bytes]) -> bool:
    lower = content.lower()
    return any(form in content or form in lower for form in forms)


def _forms(secret: str) -> set[bytes]:
    """How `secret` may be written: as it is, in other letters, URL-encoded, as hex or base64, alone or within something
    longer, and, where it is hex itself, the bytes that it means in each of these forms."""
    plain = secret.encode()
    meanings = [plain]
    if re.fullmatch(r"(?:[0-9a-fA-F]{2}){8,}", secret):
        meanings.append(bytes.fromhex(secret))
    forms = {plain, plain.lower(), plain.upper(), quote(secret, safe="").encode(), plain[::-1]}
    forms |= {secret.encode(encoding) for encoding in ("utf-16-le", "utf-16-be")}
    for meaning in meanings:
        forms |= {meaning, meaning.hex().encode(), meaning.hex().upper().encode(), *_in_base64(meaning)}
    return forms


def _in_base64(content: bytes) -> Iterator[bytes]:
    """What base64 makes of `content` wherever it begins, without what depends on its neighbours."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + content)
        certain = encoded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        yield certain
        yield certain.translate(bytes.maketrans(b"+/", b"-_"))


def _numbers_in(text: str) -> set[str]:
    """All runs of ten digits, whatever stands between them."""
    digits = re.findall(r"\d{10,}", _BETWEEN_DIGITS.sub("", text))
    return {run[i : i + _NATIONAL_DIGITS] for run in digits for i in range(len(run) - _NATIONAL_DIGITS + 1)}
