"""What sms_service has attested is believed, whoever brings it; what anybody else has made up is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev.local_stack.certificates import Authority
from servicekit.attestation.checker import Checker
from servicekit.attestation.signer import Signer
from servicekit.attestation.statements import Attestation, digest
from servicekit.rpc import identity
from servicekit.rpc.certificates import AUTHORITIES, CERTIFICATE, KEY, CertificateError, CertificateFolder

TEXT, REPORT = "keva.ticket.v1.AttestedText", "keva.ticket.v1.AttestedDelivery"
STATEMENTS = [digest(TEXT, b"one"), digest(TEXT, b"two")]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class World:
    """An authority, and the folders of certificates that it has issued."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.authority = Authority.create()

    def folder(self, name: str, authority: Authority | None = None) -> CertificateFolder:
        """A certificate of `name`, issued again each time."""
        (authority or self.authority).issue(self.place / name, name)
        return CertificateFolder(self.place / name)

    def signer(self, name: str = "sms_service", authority: Authority | None = None) -> Signer:
        """Who signs as `name`."""
        return Signer(self.folder(name, authority))

    def checker(self) -> Checker:
        """ticket_service's."""
        return Checker(self.folder("ticket_service"), "sms_service")

    def write(self, name: str, key: Key, chain: list[x509.Certificate]) -> Signer:
        """Who signs with that key and those certificates."""
        folder = self.place / name
        folder.mkdir()
        (folder / KEY).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / CERTIFICATE).write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        (folder / AUTHORITIES).write_bytes(self.authority.certificate.public_bytes(Encoding.PEM))
        return Signer(CertificateFolder(folder))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def certificate(
    key: Key,
    issuer: x509.Certificate,
    by: Key,
    *uris: str,
    lasts: timedelta = timedelta(days=1),
    issues: bool | None = None,
) -> x509.Certificate:
    """One for `key`, with these names, signed `by` the issuer's key. `issues`: whether it says that it may issue
    others; None: it says nothing."""
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, uris[0] if uris else "an authority")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer.subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=2)).not_valid_after(now + lasts)
    if uris:
        names = [x509.UniformResourceIdentifier(uri) for uri in uris]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if issues is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=issues, path_length=None), critical=True)
    return builder.sign(by, hashes.SHA256())


SMS = identity.uri("sms_service")


def test_what_is_attested_is_believed_and_nothing_else(world: World) -> None:
    attested = world.checker().attested([world.signer().attest(STATEMENTS)])

    assert attested == set(STATEMENTS)
    assert digest(TEXT, b"three") not in attested
    # A report in the bytes of a text is not a report.
    assert digest(REPORT, b"one") not in attested


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: Attestation(a.digests + digest(TEXT, b"x"), a.signature, a.certificates), id="added"),
        pytest.param(lambda a: Attestation(a.digests[:32], a.signature, a.certificates), id="left out"),
        pytest.param(lambda a: Attestation(a.digests[32:] + a.digests[:32], a.signature, a.certificates), id="order"),
        pytest.param(lambda a: Attestation(a.digests[:-1], a.signature, a.certificates), id="cut digest"),
        pytest.param(lambda a: Attestation(b"", a.signature, a.certificates), id="no digests"),
        pytest.param(lambda a: Attestation(a.digests * 51, a.signature, a.certificates), id="more than are in a call"),
        pytest.param(lambda a: Attestation(a.digests, b"", a.certificates), id="no signature"),
        pytest.param(lambda a: Attestation(a.digests, a.signature[:-1] + b"\0", a.certificates), id="other signature"),
        pytest.param(lambda a: Attestation(a.digests, a.signature, b""), id="no certificate"),
        pytest.param(lambda a: Attestation(a.digests, a.signature, b"\xff\0garbage"), id="garbage"),
        pytest.param(lambda a: Attestation(a.digests, a.signature, a.certificates * 100), id="endless certificates"),
    ],
)
def test_what_was_changed_says_nothing(world: World, spoil: Callable[[Attestation], Attestation]) -> None:
    made, checker = world.signer().attest(STATEMENTS), world.checker()
    beside = world.signer().attest([digest(TEXT, b"beside")])

    assert checker.attested([spoil(made), beside]) == {digest(TEXT, b"beside")}


@pytest.mark.parametrize("name", ["gateway", "ticket_service", "operator", "credentials_service"])
def test_nobody_attests_in_the_name_of_sms_service(world: World, name: str) -> None:
    checker, theirs, real = world.checker(), world.signer(name).attest(STATEMENTS), world.signer().attest(STATEMENTS)

    assert checker.attested([theirs]) == set()
    # Its signature, below the certificate of sms_service.
    assert checker.attested([Attestation(theirs.digests, theirs.signature, real.certificates)]) == set()
    # sms_service's certificate behind its own one, and the reverse.
    both = theirs.certificates + real.certificates
    assert checker.attested([Attestation(theirs.digests, theirs.signature, both)]) == set()
    both = real.certificates + theirs.certificates
    assert checker.attested([Attestation(theirs.digests, theirs.signature, both)]) == set()


def test_an_authority_that_nobody_trusts_vouches_for_nobody(world: World) -> None:
    made = world.signer("sms_service", Authority.create()).attest(STATEMENTS)

    assert world.checker().attested([made]) == set()


def test_a_service_cannot_make_a_certificate_of_another_one(world: World) -> None:
    """With any of the certificates that it may have, and whatever the one that it makes says."""
    own = ec.generate_private_key(ec.SECP256R1())
    root = world.authority
    for number, issues in enumerate([None, False]):
        theirs = certificate(own, root.certificate, root.key, identity.uri("gateway"), issues=issues)
        key = ec.generate_private_key(ec.SECP256R1())
        forged = certificate(key, theirs, own, SMS)
        made = world.write(f"forger-{number}", key, [forged, theirs]).attest(STATEMENTS)

        assert world.checker().attested([made]) == set()


@pytest.mark.parametrize(
    "uris",
    [
        pytest.param([SMS, identity.uri("gateway")], id="two identities"),
        pytest.param([identity.uri("sms_service", "acme")], id="of one organization"),
        pytest.param(["spiffe://elsewhere/sms_service"], id="another trust domain"),
        pytest.param([], id="no identity"),
    ],
)
def test_who_is_not_named_sms_service_and_nothing_else_is_not_believed(world: World, uris: list[str]) -> None:
    key, root = ec.generate_private_key(ec.SECP256R1()), world.authority
    made = world.write("somebody", key, [certificate(key, root.certificate, root.key, *uris)]).attest(STATEMENTS)

    assert world.checker().attested([made]) == set()


def test_a_certificate_that_has_expired_vouches_for_nothing(world: World) -> None:
    key, root = ec.generate_private_key(ec.SECP256R1()), world.authority
    expired = certificate(key, root.certificate, root.key, SMS, lasts=timedelta(days=-1))

    assert world.checker().attested([world.write("old", key, [expired]).attest(STATEMENTS)]) == set()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: ec.generate_private_key(ec.SECP256R1()), id="P-256"),
        pytest.param(lambda: ec.generate_private_key(ec.SECP384R1()), id="P-384"),
        pytest.param(lambda: rsa.generate_private_key(65537, 2048), id="RSA"),
    ],
)
@pytest.mark.parametrize("between", [False, True], ids=["by the authority", "by one below it"])
def test_certificates_as_companies_have_them_are_believed(world: World, make: Callable[[], Key], between: bool) -> None:
    """Sparse ones too: without key usage, without key identifiers."""
    key, root_key = make(), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an authority")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(root_key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=2))
    builder = builder.not_valid_after(now + timedelta(days=2))
    root = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        root_key, hashes.SHA256()
    )
    world.authority = Authority(root, root_key)
    chain = [certificate(key, root, root_key, SMS)]
    if between:
        middle_key = ec.generate_private_key(ec.SECP256R1())
        middle = certificate(middle_key, root, root_key, "spiffe://somewhere/else", issues=True)
        chain = [certificate(key, middle, middle_key, SMS), middle]

    made = world.write("sms_service", key, chain).attest(STATEMENTS)

    assert world.checker().attested([made]) == set(STATEMENTS)


def test_a_key_that_cannot_attest_is_named_at_start(world: World) -> None:
    key, root = ed25519.Ed25519PrivateKey.generate(), world.authority

    with pytest.raises(CertificateError, match="ECDSA or an RSA"):
        world.write("odd", key, [certificate(key, root.certificate, root.key, SMS)])


def test_renewed_certificates_and_authorities_are_taken_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicekit.attestation.signer._LOOK_SECONDS", 0.0)
    signer, checker, old = world.signer(), world.checker(), world.authority
    first = signer.attest(STATEMENTS)
    world.folder("sms_service")
    second = signer.attest(STATEMENTS)
    assert checker.attested([first]) == checker.attested([second]) == set(STATEMENTS)
    assert first.certificates != second.certificates

    world.authority = Authority.create()
    world.folder("sms_service")
    third = signer.attest(STATEMENTS)
    assert checker.attested([third]) == set()

    def trust(*authorities: Authority) -> None:
        pem = b"".join(authority.certificate.public_bytes(Encoding.PEM) for authority in authorities)
        (world.place / "ticket_service" / AUTHORITIES).write_bytes(pem)

    trust(old, world.authority)
    assert checker.attested([first]) == checker.attested([third]) == set(STATEMENTS)
    trust(world.authority)
    assert checker.attested([first]) == set()
    assert checker.attested([third]) == set(STATEMENTS)
