"""Where a metric's values come from, as an admin writes it."""

import re
from collections.abc import Mapping
from typing import Literal, Self

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import model_validator

from plugin.domain.frozen import Frozen

_SOURCE_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sql": (("url", "query"), ("day", "value")),
    "http_json": (("url", "path"), ("day", "value", "token")),
    "csv": ((), ("path", "url", "day", "value", "token")),
    "jql_count": (("query",), ()),
    "push": ((), ()),
}
"""By type: keys that it needs, and keys that it also takes."""


class Source(Frozen):
    """One source of a metric. `_SOURCE_KEYS` says which keys a type takes; config/README.md explains them."""

    type: Literal["sql", "http_json", "csv", "jql_count", "push"]
    url: str | None = None
    query: str | None = None
    path: str | None = None
    day: str | None = None
    value: str | None = None
    """Names of the columns or keys that hold the day and the value; None: `day` and `value`."""
    token: str | None = None

    @model_validator(mode="after")
    def _as_its_type_asks(self) -> Self:
        needed, optional = _SOURCE_KEYS[self.type]
        given = {key for key in ("url", "query", "path", "day", "value", "token") if getattr(self, key) is not None}
        allowed = f"{self.type} takes {', '.join((*needed, *optional)) or 'no other key'}"
        if wrong := sorted(given - {*needed, *optional}):
            raise ValueError(f"{self.type} does not know {', '.join(wrong)}; {allowed}")
        if missing := [key for key in needed if key not in given]:
            raise ValueError(f"{self.type} needs {', '.join(missing)}; {allowed}")
        self._check_values()
        return self

    def _check_values(self) -> None:
        if self.type == "sql":
            _check_environment("url", self.url or "")
            _check_select(self.query or "")
        if self.type == "http_json":
            _check_path(self.path or "")
        if self.type == "csv" and (self.url is None) == (self.path is None):
            raise ValueError("csv takes either path, a file below the configuration's folder, or url, an address")
        if self.type == "csv" and self.path is not None:
            _check_file(self.path)
        if self.type in ("http_json", "csv") and self.url is not None:
            _check_web(self.url)
        if self.token is not None:
            _check_environment("token", self.token)
            if self.url is None:
                raise ValueError("token is sent with a request; a file needs none")


def _check_environment(key: str, value: str) -> None:
    """A secret stands in the environment; those of Plumbline itself are none of a metric's."""
    if not re.fullmatch(r"env:[A-Z][A-Z0-9_]*", value):
        raise ValueError(f"{key} holds a secret and is not written here; write env:NAME, such as env:WAREHOUSE_URL")
    if value.startswith("env:PLUMBLINE_"):
        raise ValueError(f"{key}: {value} is one of Plumbline's own settings; give the metric a variable of its own")


def _check_file(value: str) -> None:
    if not value or value.startswith(("/", "\\", "~")) or ":" in value or ".." in re.split(r"[/\\]", value):
        raise ValueError(f"{value!r} is not below the configuration's folder; write such as metrics/conversion.csv")


def _check_web(value: str) -> None:
    found = re.fullmatch(r"https?://([^\s/?#]+)([/?#]\S*)?", value)
    if not found:
        raise ValueError(f"{value!r} is not an address; write such as https://metrics.example/values")
    if "@" in found[1]:
        raise ValueError("an address holds no user or password; give token: env:NAME")


def _check_select(value: str) -> None:
    if not re.match(r"\s*(select|with|values)\b", value, re.IGNORECASE):
        raise ValueError("a query reads: it begins with select, with or values")
    if ";" in value.rstrip().removesuffix(";"):
        raise ValueError("a query is one statement; leave ';' out of it")


def _check_path(value: str) -> None:
    try:
        jmespath.compile(value)
    except JMESPathError as error:
        raise ValueError(f"{value!r} is not JMESPath: {str(error).splitlines()[0]}") from None
