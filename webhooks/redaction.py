"""Bodies that stay for a person to look at, without what names people and without what opens doors."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

_ADDRESS = re.compile(r"[^\s<>\"'@:;,/()]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_LOGIN_IN_ADDRESS = re.compile(r"(?i)\b(username|login)=[^&\s\"'<>]+")
_MENTION = re.compile(r"\[~(?!accountid:)[^\]\s]{1,100}\]")
_SECRET = re.compile(r"(?i)\b(bearer|basic|token|secret|password|passwd|api_?key|authorization)\b(\W{1,4})[^\s\"',;&]+")
_LONG_WORD = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_PERSONAL = frozenset({"displayName", "emailAddress", "avatarUrls", "iconUrl", "timeZone", "locale"})
_HIDDEN = "[removed]"


def without_people(body: bytes) -> bytes:
    """The same JSON without people's names, mail addresses and pictures; account ids and keys stay.

    A body that is no JSON is replaced whole: nothing in it can be told apart.
    """
    try:
        given = from_json(body)
    except ValueError:
        return to_json({"removed": "the body was not JSON"})
    return to_json(_cleaned(given, frozenset(_names(given))))


def words_without_people(text: str) -> str:
    """An error's words or a traceback without mail addresses and logins."""
    return _MENTION.sub(_HIDDEN, _LOGIN_IN_ADDRESS.sub(rf"\1={_HIDDEN}", _ADDRESS.sub(_HIDDEN, text))).replace(
        "\x00", ""
    )


def sample(body: bytes, size: int) -> str:
    """The first `size` bytes of a refused body as text, without addresses and without what looks like a secret."""
    text = body[:size].decode("utf-8", "replace")
    return _LONG_WORD.sub(_HIDDEN, _SECRET.sub(rf"\1\2{_HIDDEN}", words_without_people(text)))


def _cleaned(given: Any, names: frozenset[str]) -> Any:
    """JSON from the parser nests at most 200 deep, so recursion is safe."""
    if isinstance(given, dict):
        return {key: _cleaned(value, names) for key, value in _kept(given)}
    if isinstance(given, list):
        return [_cleaned(one, names) for one in given]
    if isinstance(given, str):
        return _HIDDEN if given in names else words_without_people(given)
    return given


def _kept(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A person keeps an id: `name` is a login, and stays only where it is the one id that there is."""
    dropped = _PERSONAL if _is_person(given) else _PERSONAL & {"displayName", "emailAddress", "avatarUrls"}
    if _is_person(given) and any(given.get(id) for id in ("accountId", "accoundId", "accountID", "key")):
        dropped = dropped | {"name"}
    return [(key, value) for key, value in given.items() if key not in dropped]


def _is_person(given: Mapping[str, Any]) -> bool:
    return any(key in given for key in ("displayName", "emailAddress", "accountId", "accoundId", "accountID"))


def _names(given: Any) -> list[str]:
    """Every display name in the body: a changelog repeats them as plain text."""
    if isinstance(given, list):
        return [name for one in given for name in _names(one)]
    if not isinstance(given, dict):
        return []
    own = [str(given["displayName"])] if isinstance(given.get("displayName"), str) and given["displayName"] else []
    if given.get("field") in _FIELDS_OF_PEOPLE:
        own += [str(given[key]) for key in ("fromString", "toString") if given.get(key)]
    return own + [name for value in given.values() for name in _names(value)]


_FIELDS_OF_PEOPLE = ("assignee", "reporter", "creator")
