"""The environment as one frozen value. Secrets live here and nowhere else; printing a Settings never shows them."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from plugin.atlassian.access import Access
from plugin.domain.frozen import Frozen


class SettingsError(Exception):
    """What is missing or wrong in the environment, all of it in one message."""


class Organisation(Frozen):
    """The server that knows the accounts, what it knows us as, and which of its groups get which role."""

    issuer: str
    client_id: str
    client_secret: SecretStr
    admin_groups: tuple[str, ...]
    viewer_groups: tuple[str, ...] = ()
    """None of them: whoever the organisation signs in may look."""
    groups_claim: str = "groups"

    def role(self, groups: Iterable[str]) -> Literal["viewer", "admin"] | None:
        """None where no group of the account may come in."""
        held = set(groups)
        if held & set(self.admin_groups):
            return "admin"
        return "viewer" if not self.viewer_groups or held & set(self.viewer_groups) else None


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

    organisation: Organisation | None = None
    """Where the console's accounts come from; None: there is one local admin."""
    proxies: int = 0
    """How many reverse proxies of ours stand before the web server, whose X-Forwarded headers are believed."""

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
            "organisation": self.organisation(),
            "proxies": self.number("PROXIES", 0, least=0),
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

    def number(self, name: str, default: int, least: int = 1) -> int:
        found = self.text(name, str(default))
        if found.isdigit() and int(found) >= least:
            return int(found)
        self.faults.append(f"PLUMBLINE_{name} is {found!r}; give a whole number{' above zero' if least else ''}")
        return default

    def organisation(self) -> Organisation | None:
        """All or nothing: half a sign-in would lock everybody out, or let everybody in."""
        given = {
            "ISSUER": self.text("OIDC_ISSUER", ""),
            "CLIENT_ID": self.text("OIDC_CLIENT_ID", ""),
            "CLIENT_SECRET": self.text("OIDC_CLIENT_SECRET", ""),
            "ADMIN_GROUPS": self.text("OIDC_ADMIN_GROUPS", ""),
        }
        viewers, claim = self.text("OIDC_VIEWER_GROUPS", ""), self.text("OIDC_GROUPS_CLAIM", "groups")
        if not any(given.values()):
            return None
        faults = [f"PLUMBLINE_OIDC_{one} is missing, while others are set" for one, value in given.items() if not value]
        if given["ISSUER"] and urlsplit(given["ISSUER"]).scheme not in ("http", "https"):
            faults.append(f"PLUMBLINE_OIDC_ISSUER is {given['ISSUER']!r}; it starts with https://")
        self.faults += faults
        if faults:
            return None
        return Organisation(
            issuer=given["ISSUER"],
            client_id=given["CLIENT_ID"],
            client_secret=SecretStr(given["CLIENT_SECRET"]),
            admin_groups=_listed(given["ADMIN_GROUPS"]),
            viewer_groups=_listed(viewers),
            groups_claim=claim,
        )

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


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())
