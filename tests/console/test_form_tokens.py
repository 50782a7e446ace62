"""Forms' tokens, as pages have them."""

import secrets

import pytest

from console.form_tokens import masked, unmasked


def test_each_page_has_another_text_for_it() -> None:
    token = secrets.token_urlsafe(32)
    texts = {masked(token) for _ in range(20)}
    assert len(texts) == 20
    assert {unmasked(text) for text in texts} == {token}
    assert not any(token[:8] in text for text in texts)


@pytest.mark.parametrize("text", ["", "a", "=", "ä", "AAAA", "x" * 43, "tK3_-9" * 7 + "a", "a b", "\0"])
def test_what_is_none_stands_for_none(text: str) -> None:
    assert unmasked(text) == ""
