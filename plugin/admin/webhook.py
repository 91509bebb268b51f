"""The webhook by which Jira tells us: registered over REST where the account may, else said as people have to enter it.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from plugin.atlassian.errors import DoorError, Permanent
from plugin.atlassian.gateways import JiraGateway, Webhook
from plugin.domain.frozen import Frozen
from plugin.settings import Settings, SettingsError
from webhooks.events import SUBSCRIBED

NAME = "Plumbline"
PATH = "/webhooks/jira"
_SECRETS, _URL_TOKEN = "PLUMBLINE_WEBHOOK_SECRETS", "PLUMBLINE_WEBHOOK_URL_TOKEN"
_HIDDEN = f"<{_URL_TOKEN}>"

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Issue related events (leave the JQL empty)": ("Issue", "Issue link"),
    "Project related events": ("Version", "Project"),
    "Jira Software related events": ("Sprint",),
    "User related events": ("User",),
}
_SUBJECTS: Mapping[str, str] = {
    "issue": "Issue",
    "issuelink": "Issue link",
    "version": "Version",
    "project": "Project",
    "user": "User",
    "sprint": "Sprint",
}


class Wanted(Frozen):
    """The webhook as it should be. `secret` signs; without one the address itself ends in a token."""

    address: str
    secret: SecretStr | None
    url_token: SecretStr | None = None
    events: tuple[str, ...] = SUBSCRIBED

    @classmethod
    def of(cls, settings: Settings, base: str) -> "Wanted":
        """`base` is where people reach Plumbline, with or without the receiver's path. Raises SettingsError."""
        if urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).hostname:
            raise SettingsError(f"{base!r} is not an address; give such as https://plumbline.example")
        if not (settings.webhook_secrets or settings.webhook_url_token):
            raise SettingsError(f"{_SECRETS} is missing: the secret that Jira signs its webhooks with")
        return cls(
            address=base.rstrip("/").removesuffix(PATH) + PATH,
            secret=next(iter(settings.webhook_secrets), None),
            url_token=None if settings.webhook_secrets else settings.webhook_url_token,
        )

    @property
    def url(self) -> str:
        """What Jira has to call; may hold a token."""
        return f"{self.address}/{self.url_token.get_secret_value()}" if self.url_token else self.address

    @property
    def shown(self) -> str:
        """The same for people to see."""
        return f"{self.address}/{_HIDDEN}" if self.url_token else self.address

    def without_token(self, url: str) -> str:
        return url.replace(self.url_token.get_secret_value(), _HIDDEN) if self.url_token else url


@dataclass(frozen=True)
class Answer:
    """What a command says. The code is 0 where all is as it should be, 1 where somebody has to do something."""

    lines: tuple[str, ...]
    code: int


def install(jira: JiraGateway, wanted: Wanted) -> Answer:
    """Registers the webhook, or sets one that is there anew. Raises DoorError where Jira cannot be asked."""
    try:
        known = ours(jira.webhooks(), wanted)
        secret = wanted.secret.get_secret_value() if wanted.secret else ""
        jira.register_webhook(known.name if known else NAME, wanted.url, wanted.events, secret)
    except Permanent as refused:
        return _by_hand(jira, wanted, refused)
    if known is None:
        return Answer((f"registered: Jira tells {wanted.shown} of {len(wanted.events)} kinds of events",), 0)
    mended = [f"  {one}" for one in faults(known, wanted)]
    return Answer((f"it is registered; its address, events and secret are set anew to {wanted.shown}", *mended), 0)


def status(jira: JiraGateway, wanted: Wanted) -> Answer:
    """Whether it is registered as it should be. Raises DoorError where Jira cannot be asked."""
    try:
        known = ours(jira.webhooks(), wanted)
    except Permanent as refused:
        return _by_hand(jira, wanted, refused)
    if known is None:
        return Answer(("it is not registered; `plumbline webhook install` does it",), 1)
    wrong = faults(known, wanted)
    if wrong:
        return Answer(("it is registered, but:", *(f"  {one}" for one in wrong), "mend: plumbline webhook install"), 1)
    return Answer((f"it is registered: Jira tells {wanted.shown} of {len(known.events)} kinds of events",), 0)


def remove(jira: JiraGateway, wanted: Wanted) -> Answer:
    """Takes it away; what is not there is no error. Raises DoorError where Jira cannot be asked."""
    try:
        known = ours(jira.webhooks(), wanted)
        if known is None:
            return Answer(("there is none of ours",), 0)
        jira.remove_webhook(known.id)
    except Permanent as refused:
        _raise_for_token(jira, refused)
        return Answer((str(refused), f"An administrator of Jira can delete the webhook {NAME}."), 1)
    return Answer(
        (f"removed: Jira no longer tells {wanted.without_token(known.url)}; the sweep still finds changes",), 0
    )


def ours(hooks: Iterable[Webhook], wanted: Wanted) -> Webhook | None:
    """By its address, so that nothing is told twice; else by our name, where it led elsewhere."""
    known = list(hooks)
    by_address = (hook for hook in known if hook.url == wanted.url)
    return next(by_address, None) or next((hook for hook in known if hook.name.casefold() == NAME.casefold()), None)


def faults(hook: Webhook, wanted: Wanted) -> list[str]:
    """What of a registered webhook is not as it should be, in sentences."""
    found = []
    if hook.url != wanted.url:
        found.append(f"it leads to {wanted.without_token(hook.url)} instead of {wanted.shown}")
    if not hook.enabled:
        found.append("it is disabled")
    missing = [one for one in wanted.events if one not in hook.events]
    if missing:
        found.append(f"it leaves out {'; '.join(in_jiras_words(missing))}")
    if wanted.secret and hook.signed is False:
        found.append(f"it has no secret, so that what it sends is refused; the secret is in {_SECRETS}")
    return found


def in_jiras_words(events: Iterable[str]) -> list[str]:
    """The events as Jira's own form calls them: `Issue: created, updated`."""
    verbs: dict[str, list[str]] = {}
    for event in events:
        subject, _, verb = event.removeprefix("jira:").partition("_")
        verbs.setdefault(_SUBJECTS[subject], []).append(verb.replace("_", " "))
    return [f"{subject}: {', '.join(found)}" for subject, found in verbs.items()]


def to_enter(wanted: Wanted) -> list[str]:
    """What an administrator has to enter. The secret itself is never told, only where it is kept."""
    told = dict(line.split(": ", 1) for line in in_jiras_words(wanted.events))
    secret = f"the value of {_SECRETS}; where it holds two, the first" if wanted.secret else "(none)"
    lines = [
        "An administrator of Jira can enter it under Settings › System › Webhooks › Create a webhook:",
        f"  Name     {NAME}",
        "  Status   Enabled",
        f"  URL      {wanted.shown}",
        f"  Secret   {secret}",
    ]
    for section, subjects in _SECTIONS.items():
        lines += [f"  {section}", *(f"    {one}: {told[one]}" for one in subjects if one in told)]
    return [*lines, "  Exclude body   no"]


def _by_hand(jira: JiraGateway, wanted: Wanted, refused: Permanent) -> Answer:
    _raise_for_token(jira, refused)
    return Answer((str(refused), *to_enter(wanted)), 1)


def _raise_for_token(jira: JiraGateway, refused: Permanent) -> None:
    """An account that may not even say who it is has a wrong token, and that is another thing to mend."""
    try:
        jira.myself()
    except DoorError:
        raise refused from None
