"""What may be listened on."""

import pytest

from servicekit.addresses import split_address


@pytest.mark.parametrize(
    ("address", "split"),
    [("0.0.0.0:8080", ("0.0.0.0", 8080)), ("[::]:80", ("::", 80)), ("localhost:1", ("localhost", 1))],
)
def test_listen_address(address: str, split: tuple[str, int]) -> None:
    assert split_address(address) == split


@pytest.mark.parametrize("address", ["", "8080", ":8080", "x:", "x:70000", "x:-1", "::1:80", "x y:1", "http://x:1"])
def test_listen_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        split_address(address)
