"""As what an attachment is kept that comes without its type: by its own first bytes, never by what was announced."""

import pytest

from sms_service.domain.media_types import type_of

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
ZIP = b"PK\x03\x04" + bytes(100)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize("served", ["", "application/octet-stream", "binary/octet-stream"])
@pytest.mark.parametrize(
    ("announced", "content", "kept"),
    [
        pytest.param("image/jpeg", JPEG, "image/jpeg", id="the picture that was announced"),
        pytest.param("image/jpeg", PNG, "image/png", id="another picture than was announced"),
        pytest.param("", JPEG, "image/jpeg", id="a picture that nobody announced"),
        pytest.param("image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", id="webp"),
        pytest.param("audio/wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav", id="wav"),
        pytest.param("image/heic", b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic", id="heic"),
        pytest.param("video/mp4", b"\x00\x00\x00\x20ftypisom\x00\x00", "video/mp4", id="mp4"),
        pytest.param("video/3gpp", b"\x00\x00\x00\x18ftyp3gp4\x00\x00", "video/3gpp", id="3gpp"),
        pytest.param("audio/amr", b"#!AMR\n\x3c", "audio/amr", id="amr"),
        pytest.param("audio/mpeg", b"\xff\xfb\x90\x00", "audio/mpeg", id="mp3 without a title"),
        pytest.param("audio/aac", b"\xff\xf1\x50\x80", "audio/aac", id="aac"),
        pytest.param("video/mp4", b"\x00\x00\x00\x18ftypiso5\x00\x00", "video/mp4", id="mp4 of another brand"),
        pytest.param("video/3gpp", b"\x00\x00\x00\x18ftyp3ge6\x00\x00", "video/3gpp", id="3gpp of another brand"),
        pytest.param("image/heic", b"\x00\x00\x00\x18ftyphevc\x00\x00", "image/heic", id="heic of another brand"),
        pytest.param("video/quicktime", b"\x00\x00\x00\x08wide\x00\x00", "video/quicktime", id="an old film"),
        pytest.param("image/bmp", b"BM6\x00\x00", "image/bmp", id="bmp"),
        pytest.param("", b"\xff\xfb\x90\x00", "", id="a sound that nobody announced"),
        pytest.param("image/jpeg", b"BM6\x00\x00", "", id="a picture of another kind than it may be"),
        pytest.param("audio/mpeg", "\ufeffhi".encode("utf-16-le"), "", id="text that was announced as a sound"),
        pytest.param("image/svg+xml", b"\x00\x00\x00\x18ftypiso5", "", id="a drawing that begins like a film"),
        pytest.param("application/pdf", b"%PDF-1.7\n", "application/pdf", id="pdf"),
        pytest.param(WORD, ZIP, WORD, id="a document in a zip"),
        pytest.param("image/jpeg", ZIP, "application/zip", id="a zip that was announced as a picture"),
        pytest.param("application/msword", OLE, "application/msword", id="an old document"),
        pytest.param("text/csv", "a,b\n1,ü\n".encode(), "text/csv", id="a table"),
        pytest.param("text/vcard", b"BEGIN:VCARD\r\n", "text/vcard", id="a card"),
        pytest.param("image/jpeg", HTML, "", id="a page that was announced as a picture"),
        pytest.param("text/csv", HTML, "", id="a page that was announced as a table"),
        pytest.param("text/plain", b"\xef\xbb\xbf  <svg onload=alert(1)>", "", id="a drawing with a script"),
        pytest.param("image/svg+xml", b"<svg/>", "", id="a drawing"),
        pytest.param("image/jpeg", b"", "", id="nothing"),
        pytest.param("image/jpeg", b"\xff\xd8", "", id="too little"),
        pytest.param("image/jpeg", b"MZ\x90\x00" + bytes(100), "", id="a program"),
        pytest.param("application/x-msdownload", b"MZ\x90\x00", "", id="a program that says so"),
        pytest.param("", OLE, "", id="what may be an installer"),
        pytest.param("image/jpeg", OLE, "", id="an installer that was announced as a picture"),
        pytest.param("text/html", b"hello", "", id="text that was announced as a page"),
        pytest.param("text/csv", b"\xff\xfe\x00binary", "", id="no text"),
        pytest.param("image/webp", b"XXXX\x00\x00\x00\x00WEBP", "", id="the mark in another place"),
    ],
)
def test_what_comes_without_its_type(served: str, announced: str, content: bytes, kept: str) -> None:
    assert type_of(served, announced, content) == kept


@pytest.mark.parametrize(
    ("served", "kept"),
    [
        ("image/png", "image/png"),
        ("application/zip", "application/zip"),
        ("text/html", ""),
        ("image/svg+xml", ""),
        ("application/javascript", ""),
    ],
)
def test_type_that_it_is_served_with_counts(served: str, kept: str) -> None:
    assert type_of(served, "image/jpeg", JPEG) == kept
