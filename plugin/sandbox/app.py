"""Builds the sandbox: a Jira and a Confluence of one dialect in one Flask application."""

from flask import Flask, Response, g, request

from plugin.sandbox import control
from plugin.sandbox.confluence.rest import confluence_blueprint
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.faults import ACTOR, FaultLayer, Faults
from plugin.sandbox.jira import pages
from plugin.sandbox.jira import rest_catalogue as jira_rest_catalogue
from plugin.sandbox.jira import rest_issues as jira_rest_issues
from plugin.sandbox.jira import rest_jql as jira_rest_jql
from plugin.sandbox.jira import rest_links as jira_rest_links
from plugin.sandbox.jira import rest_search as jira_rest_search
from plugin.sandbox.jira import rest_site as jira_rest_site
from plugin.sandbox.jira import rest_tokens as jira_rest_tokens
from plugin.sandbox.jira import rest_webhooks as jira_rest_webhooks
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.jira.webhooks_out import Sender
from plugin.sandbox.jira.webhooks_registry import Registry
from plugin.sandbox.jira.write_limit import WriteLimit

_JIRA = (
    jira_rest_site,
    jira_rest_catalogue,
    jira_rest_issues,
    jira_rest_jql,
    jira_rest_links,
    jira_rest_search,
    jira_rest_tokens,
    jira_rest_webhooks,
    pages,
)


def create_sandbox(
    dialect: Dialect = "cloud", jira: JiraSite | None = None, confluence: ConfluenceSite | None = None
) -> Flask:
    """The application; `app.extensions` holds the sites `jira` and `confluence`, `webhooks`, `sender` and `faults`.

    Without sites it makes those with the defaults: two projects, and the space PROD; both know the same people.
    """
    app = Flask("plugin.sandbox")
    jira = jira or JiraSite.with_defaults(dialect)
    confluence = confluence or _default_confluence(jira)
    faults, registry = Faults(), Registry(jira)
    app.extensions |= {"jira": jira, "confluence": confluence, "faults": faults, "webhooks": registry}
    app.extensions |= {"sender": Sender(registry, faults.fate), "write limit": WriteLimit()}
    for room in (*_JIRA, control):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(confluence_blueprint(confluence, dialect))
    app.after_request(_leave_actor)
    app.wsgi_app = FaultLayer(app.wsgi_app, faults)  # type: ignore[method-assign]  # Flask's documents wrap it so
    return app


def _default_confluence(jira: JiraSite) -> ConfluenceSite:
    site = ConfluenceSite(jira.catalogue.people.values(), jira.clock)
    site.add_space("PROD", "Product", jira.catalogue.service.id)
    return site


def _leave_actor(response: Response) -> Response:
    """For the fault layer's log; calls that steer the sandbox itself have none."""
    if "actor" in g:
        request.environ[ACTOR].append(g.actor)
    return response
