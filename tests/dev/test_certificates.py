"""The authority of a laptop: who gets a certificate, and when again."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from dev.local_stack import certificates
from dev.local_stack.certificates import IDENTITIES, Authority, ensure
from servicekit.rpc.certificates import CERTIFICATE, KEY, expiry, read


def _serials(folder: Path) -> dict[str, int]:
    chains = {name: (folder / name / CERTIFICATE).read_bytes() for name in IDENTITIES}
    return {name: x509.load_pem_x509_certificate(chain).serial_number for name, chain in chains.items()}


def test_every_identity_gets_one_that_only_its_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "tls"

    assert ensure(folder) == list(IDENTITIES)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in IDENTITIES:
        read(folder / name)
        own = x509.load_pem_x509_certificate((folder / name / CERTIFICATE).read_bytes())
        names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.UniformResourceIdentifier) == [f"spiffe://keva/{name}"]
        assert names.get_values_for_type(x509.DNSName) == [f"{name.replace('_', '-')}.keva.internal"]
        assert stat.S_IMODE((folder / name / KEY).stat().st_mode) == 0o600


def test_those_that_last_stay_and_those_that_do_not_are_renewed(tmp_path: Path) -> None:
    ensure(tmp_path)
    first = _serials(tmp_path)
    soon = datetime.now(UTC) + timedelta(days=29)
    Authority.open(tmp_path / "ca").issue(tmp_path / "gateway", "gateway", expires=soon)

    issued = ensure(tmp_path)

    assert issued == ["gateway"]
    assert {name for name, serial in _serials(tmp_path).items() if serial != first[name]} == {"gateway"}
    assert expiry(read(tmp_path / "gateway")) > datetime.now(UTC) + timedelta(days=89)


def test_another_authority_means_other_certificates(tmp_path: Path) -> None:
    ensure(tmp_path)
    (tmp_path / "ca" / KEY).unlink()

    assert ensure(tmp_path) == list(IDENTITIES)


def test_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "tls")

    assert certificates.main(["--dir", folder]) == 0
    assert "ticket_service" in capsys.readouterr().out
    certificates.main(["--dir", folder])
    assert "nothing, all last long enough" in capsys.readouterr().out
    certificates.main(["--dir", folder, "--renew"])
    assert "operator" in capsys.readouterr().out
