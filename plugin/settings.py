"""The environment as one frozen value. Secrets live here and nowhere else; printing a Settings never shows them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from plugin.atlassian.access import Access
from plugin.domain.frozen import Frozen


class SettingsError(Exception):
    """What is missing or wrong in the environment, all of it in one message."""


class Settings(Frozen):
    """Every setting. `database_url` is None where the embedded server in `data` is meant."""

    data: Path
    config: Path
    database_url: str | None
    jira: Access
    confluence: Access
    webhook_secrets: tuple[SecretStr, ...]
    webhook_bearer: SecretStr | None
    webhook_url_token: SecretStr | None
    max_body_bytes: int
    inbox_limit: int
    bind: str
    metrics_token: SecretStr | None = None
    """What POST /api/metrics takes beside the tokens of the console; None: those alone."""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Reads PLUMBLINE_* variables; raises SettingsError that lists every missing or malformed one."""
        return cls(**_Reading(os.environ if environment is None else environment).all())


class Local(Frozen):
    """The settings that a command needs before any site is connected."""

    data: Path
    config: Path
    database_url: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        source = os.environ if environment is None else environment
        reading = _Reading(source)
        values = reading.local()
        reading.done()
        return cls(**values)


class _Reading:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.faults: list[str] = []

    def all(self) -> dict[str, Any]:
        jira = self.account("JIRA", {})
        fallback = {"EMAIL": jira.email or "", "TOKEN": jira.token.get_secret_value()} if jira else {}
        secrets = tuple(SecretStr(one.strip()) for one in self.text("WEBHOOK_SECRETS", "").split(",") if one.strip())
        values = self.local() | {
            "jira": jira,
            "confluence": self.account("CONFLUENCE", fallback),
            "webhook_secrets": secrets,
            "webhook_bearer": self.secret("WEBHOOK_BEARER"),
            "webhook_url_token": self.secret("WEBHOOK_URL_TOKEN"),
            "max_body_bytes": self.number("MAX_BODY_BYTES", 5_000_000),
            "inbox_limit": self.number("INBOX_LIMIT", 1_000_000),
            "metrics_token": self.secret("METRICS_TOKEN"),
            "bind": self.text("BIND", "127.0.0.1:8080"),
        }
        if len(secrets) > 2:
            self.faults.append("PLUMBLINE_WEBHOOK_SECRETS holds more than two; give the new one and the old one")
        if not (secrets or values["webhook_bearer"] or values["webhook_url_token"]):
            self.faults.append("PLUMBLINE_WEBHOOK_SECRETS is missing: the secret that Jira signs its webhooks with")
        self.done()
        return values

    def local(self) -> dict[str, Any]:
        return {
            "data": Path(self.text("DATA", ".plumbline")).absolute(),
            "config": Path(self.text("CONFIG", "config")).absolute(),
            "database_url": self.database(),
        }

    def done(self) -> None:
        if self.faults:
            raise SettingsError("Settings are missing or wrong:\n" + "\n".join(f"  {one}" for one in self.faults))

    def text(self, name: str, default: str) -> str:
        return self.environment.get(f"PLUMBLINE_{name}", "").strip() or default

    def secret(self, name: str) -> SecretStr | None:
        found = self.text(name, "")
        return SecretStr(found) if found else None

    def number(self, name: str, default: int) -> int:
        found = self.text(name, str(default))
        if found.isdigit() and int(found) > 0:
            return int(found)
        self.faults.append(f"PLUMBLINE_{name} is {found!r}; give a whole number above zero")
        return default

    def database(self) -> str | None:
        """The URL in the form that SQLAlchemy and Procrastinate share."""
        found = self.text("DATABASE_URL", "")
        if not found:
            return None
        if not found.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            self.faults.append("PLUMBLINE_DATABASE_URL is not PostgreSQL's; give postgresql://user@host/database")
        return found

    def account(self, product: Literal["JIRA", "CONFLUENCE"], fallback: Mapping[str, str]) -> Access | None:
        url, email, token = (self.text(f"{product}_{one}", fallback.get(one, "")) for one in ("URL", "EMAIL", "TOKEN"))
        name = product.capitalize()
        missing = [f"PLUMBLINE_{product}_{one}" for one, value in (("URL", url), ("TOKEN", token)) if not value]
        words = {"URL": f"the address of {name}", "TOKEN": f"the API token (Cloud) or access token of {name}"}
        self.faults += [f"{one} is missing: {words[one.rpartition('_')[2]]}" for one in missing]
        if url and urlsplit(url).scheme not in ("http", "https"):
            self.faults.append(f"PLUMBLINE_{product}_URL is {url!r}; it starts with https://")
        if missing:
            return None
        return Access(url=url, email=email or None, token=SecretStr(token))
