"""An administrator's webhooks over REST: https://developer.atlassian.com/cloud/jira/platform/webhooks/"""

from flask import Blueprint, Response, current_app
from pydantic import BaseModel, Field, HttpUrl

from plugin.sandbox.jira.door import answer, body, demand, nothing, refused, the_site
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.values import Json, Person
from plugin.sandbox.jira.webhooks_registry import EVENTS, Registry, Webhook
from plugin.sandbox.jql.words import parse

blueprint = Blueprint("jira_webhooks", "plugin.sandbox", url_prefix="/rest/webhooks/1.0/webhook")
blueprint.register_error_handler(JiraError, refused)
_FILTER = "issue-related-events-section"


class WebhookBody(BaseModel):
    name: str = Field(min_length=1)
    url: HttpUrl
    events: list[str] = []
    filters: dict[str, str] = {}
    secret: str | None = None
    enabled: bool = True


def _registry() -> Registry:
    found: Registry = current_app.extensions["webhooks"]
    return found


@blueprint.get("")
def all_webhooks() -> Response:
    demand("ADMINISTER")
    return answer([_told(one) for one in _registry().webhooks.values()])


@blueprint.get("/<int:id>")
def one_webhook(id: int) -> Response:
    demand("ADMINISTER")
    return answer(_told(_registry().get(id)))


@blueprint.post("")
def register() -> Response:
    person = demand("ADMINISTER")
    return answer(_told(_registry().put(_read(0, person, body(WebhookBody), ""))), 201)


@blueprint.put("/<int:id>")
def rewrite(id: int) -> Response:
    """A body without a secret keeps the one that is there; an empty one removes it."""
    person = demand("ADMINISTER")
    known = _registry().get(id)
    return answer(_told(_registry().put(_read(id, person, body(WebhookBody), known.secret))))


@blueprint.delete("/<int:id>")
def remove(id: int) -> Response:
    demand("ADMINISTER")
    _registry().remove(id)
    return nothing()


def _read(id: int, person: Person, given: WebhookBody, secret: str) -> Webhook:
    for unknown in sorted(set(given.events) - EVENTS):
        raise JiraError(400, f"'{unknown}' is no webhook event. Allowed: {', '.join(sorted(EVENTS))}.")
    jql = given.filters.get(_FILTER, "")
    return Webhook(
        id,
        given.name,
        str(given.url),
        tuple(given.events),
        secret if given.secret is None else given.secret,
        parse(jql) if jql else None,
        jql,
        given.enabled,
        person.id,
    )


def _told(webhook: Webhook) -> Json:
    """The secret itself is never told again."""
    site = the_site()
    told: Json = {"name": webhook.name, "url": webhook.url, "events": [*webhook.events], "excludeBody": False}
    told |= {"filters": {_FILTER: webhook.filter}, "enabled": webhook.enabled, "isSigned": bool(webhook.secret)}
    told |= {"self": f"{site.base_url}/rest/webhooks/1.0/webhook/{webhook.id}"}
    told |= {"lastUpdatedUser": webhook.changed_by, "lastUpdated": int(site.clock().timestamp() * 1000)}
    return told | {"lastUpdatedDisplayName": site.catalogue.person(webhook.changed_by).name}
