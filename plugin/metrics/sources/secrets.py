"""Secrets of metric sources: they stand in the environment, are named by `env:NAME`, and are never told."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

HIDDEN = "…"


class Secrets:
    """Reads secrets by name, and takes them out of what is told to people."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def value(self, name: str) -> str | None:
        """The value of `env:NAME`; None where the variable is missing or empty."""
        return self._environment.get(name.removeprefix("env:"), "").strip() or None

    def without(self, words: str, *names: str | None) -> str:
        """The words with the values of these secrets, and passwords inside of them, taken out."""
        parts = {part for name in names if name for part in _parts(self.value(name))}
        for part in sorted(parts, key=len, reverse=True):
            words = words.replace(part, HIDDEN)
        return words

    def __repr__(self) -> str:
        return "Secrets()"


def _parts(value: str | None) -> set[str]:
    """The value itself; of an address its password too, as it is written and as it is meant."""
    if value is None:
        return set()
    try:
        password = urlsplit(value).password
    except ValueError:
        password = None
    return {value, password, unquote(password)} if password else {value}
