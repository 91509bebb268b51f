import pytest

from webhooks.signature import holds_token, sign, verify

SECRET = "It's a Secret to Everybody"
BODY = b"Hello World!"
SIGNATURE = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"


def test_atlassians_own_vector_verifies() -> None:
    assert sign(BODY, SECRET) == SIGNATURE
    assert verify(BODY, SIGNATURE, [SECRET])


@pytest.mark.parametrize("secrets", [["new", SECRET], [SECRET, "old"]])
def test_either_of_two_secrets_verifies_while_they_are_rotated(secrets: list[str]) -> None:
    assert verify(BODY, SIGNATURE, secrets)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE.replace("sha256", "sha1"),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE.upper(),
        "sha256=\udcff\u00e9",
    ],
)
def test_anything_else_than_the_whole_sha256_is_refused(header: str | None) -> None:
    assert not verify(BODY, header, [SECRET])


def test_one_changed_byte_is_refused() -> None:
    assert not verify(b"Hello world!", SIGNATURE, [SECRET])


def test_an_empty_secret_lets_nobody_in() -> None:
    assert not verify(BODY, sign(BODY, ""), [""])
    assert not verify(BODY, "", [])


def test_only_a_token_of_ours_is_held() -> None:
    assert holds_token("one", ["two", "one"])
    assert not holds_token("on", ["one"])
    assert not holds_token("", [""])
    assert not holds_token(None, ["one"])
    assert not holds_token("\u00fcnlike", ["unlike"])
