"""`keva certificates`: by the authority that the local stack has made."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from dev.local_stack.certificates import Authority
from servicekit.rpc.certificates import read


@pytest.fixture
def authority(keva: Any) -> Path:
    """That of the folder in which the command runs."""
    folder: Path = keva.folder / ".keva" / "tls" / "ca"
    folder.parent.mkdir(parents=True, mode=0o700)
    Authority.open(folder)
    return folder


def _identity(folder: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificate(read(folder).chain)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.UniformResourceIdentifier)


@pytest.mark.parametrize(
    ("words", "folder", "uri"),
    [
        pytest.param(("integration",), "integration-default", "spiffe://keva/integration/default", id="a program"),
        pytest.param(
            ("integration", "--organization", "acme"), "integration-acme", "spiffe://keva/integration/acme", id="acme's"
        ),
        pytest.param(("crm/acme",), "crm-acme", "spiffe://keva/crm/acme", id="a caller of one's own"),
        pytest.param(("operator",), "operator", "spiffe://keva/operator", id="an operator"),
    ],
)
async def test_certificate_is_issued(keva: Any, authority: Path, words: tuple[str, ...], folder: str, uri: str) -> None:
    result = await keva("certificates", "issue", *words, "--json")

    assert result.status == 0
    assert json.loads(result.output) == {"identity": uri, "folder": f".keva/tls/{folder}"}
    assert _identity(authority.parent / folder) == [uri]
    assert (authority.parent / folder / "tls.key").stat().st_mode & 0o77 == 0


async def test_it_is_written_where_one_wants_it(keva: Any, authority: Path) -> None:
    result = await keva("certificates", "issue", "integration", "--out", "mine")

    assert result.status == 0
    assert "KEVA_TLS_DIR=mine" in result.output
    assert _identity(keva.folder / "mine") == ["spiffe://keva/integration/default"]


@pytest.mark.parametrize("caller", ["ticket_service", "gateway/default", "C R M", "a/b/c", ""])
async def test_who_is_no_caller_of_ones_own_gets_none(keva: Any, authority: Path, caller: str) -> None:
    assert (await keva("certificates", "issue", caller)).status == 2
    assert [folder.name for folder in authority.parent.iterdir()] == ["ca"]


async def test_without_an_authority_it_says_who_makes_one(keva: Any) -> None:
    result = await keva("certificates", "issue", "integration")

    assert (result.status, "keva up" in result.error) == (2, True)
