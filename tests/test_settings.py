"""The environment: one message for everything that is missing, and nothing secret in what is printed."""

from pathlib import Path

import pytest

from plugin.settings import Local, Settings, SettingsError

ENOUGH = {
    "PLUMBLINE_JIRA_URL": "https://acme.atlassian.net/",
    "PLUMBLINE_JIRA_EMAIL": "bot@acme.example",
    "PLUMBLINE_JIRA_TOKEN": "jira-token",
    "PLUMBLINE_CONFLUENCE_URL": "https://acme.atlassian.net/wiki",
    "PLUMBLINE_WEBHOOK_SECRETS": "new, old",
}


def test_everything_that_is_missing_is_in_one_message() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.read({})
    for name in ("JIRA_URL", "JIRA_TOKEN", "CONFLUENCE_URL", "CONFLUENCE_TOKEN", "WEBHOOK_SECRETS"):
        assert f"PLUMBLINE_{name} is missing" in str(raised.value)


def test_confluence_takes_jiras_account_where_it_has_none_of_its_own() -> None:
    settings = Settings.read(ENOUGH)
    assert settings.confluence.email == "bot@acme.example"
    assert settings.confluence.token.get_secret_value() == "jira-token"
    assert [one.get_secret_value() for one in settings.webhook_secrets] == ["new", "old"]


def test_no_secret_is_printed() -> None:
    printed = f"{Settings.read(ENOUGH)!r} {Settings.read(ENOUGH)}"
    assert not any(secret in printed for secret in ("jira-token", "new", "old"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PLUMBLINE_DATABASE_URL", "sqlite:///x.db", "not PostgreSQL's"),
        ("PLUMBLINE_MAX_BODY_BYTES", "0", "whole number above zero"),
        ("PLUMBLINE_INBOX_LIMIT", "many", "whole number above zero"),
        ("PLUMBLINE_JIRA_URL", "acme.atlassian.net", "starts with https://"),
        ("PLUMBLINE_WEBHOOK_SECRETS", "one,two,three", "more than two"),
        ("PLUMBLINE_PROXIES", "-1", "whole number"),
        ("PLUMBLINE_OIDC_ISSUER", "login.acme.example", "starts with https://"),
    ],
)
def test_a_malformed_value_is_refused_by_name(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.read({**ENOUGH, name: value})
    assert name in str(raised.value)
    assert words in str(raised.value)


def test_what_a_command_needs_without_a_site_has_defaults() -> None:
    local = Local.read({})
    assert (local.data, local.config) == (Path(".plumbline").absolute(), Path("config").absolute())
    assert local.database_url is None


def test_half_of_a_sign_in_is_refused() -> None:
    with pytest.raises(SettingsError, match="PLUMBLINE_OIDC_CLIENT_SECRET is missing, while others are set"):
        Settings.read({**ENOUGH, "PLUMBLINE_OIDC_ISSUER": "https://login.acme.example"})
