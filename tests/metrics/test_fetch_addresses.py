"""Which addresses count as internal, so that a `*.domain` leads to none of them."""

import pytest

from plugin.metrics.sources.fetch import is_internal


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "169.254.169.254",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "fe80::1%lo",
    ],
)
def test_an_internal_address_stays_internal_in_any_spelling(address: str) -> None:
    assert is_internal(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_none(address: str) -> None:
    assert not is_internal(address)
