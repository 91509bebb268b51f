"""Builds the sandbox: a Jira and a Confluence of one dialect in one Flask application."""

from flask import Flask

from plugin.sandbox import jira_rest_issues, jira_rest_links, jira_rest_search, jira_rest_site
from plugin.sandbox.confluence_rest import confluence_blueprint
from plugin.sandbox.confluence_state import ConfluenceSite
from plugin.sandbox.jira_state import JiraSite
from plugin.sandbox.jira_values import Dialect


def create_sandbox(
    dialect: Dialect = "cloud", jira: JiraSite | None = None, confluence: ConfluenceSite | None = None
) -> Flask:
    """The application; `app.extensions["jira"]` and `["confluence"]` hold the sites.

    Without sites it makes those with the defaults: two projects, and the space PROD; both know the same people.
    """
    app = Flask("plugin.sandbox")
    app.extensions["jira"] = jira = jira or JiraSite.with_defaults(dialect)
    app.extensions["confluence"] = confluence = confluence or _default_confluence(jira)
    for room in (jira_rest_site, jira_rest_issues, jira_rest_links, jira_rest_search):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(confluence_blueprint(confluence, dialect))
    return app


def _default_confluence(jira: JiraSite) -> ConfluenceSite:
    site = ConfluenceSite(jira.catalogue.people.values(), jira.clock)
    site.add_space("PROD", "Product", jira.catalogue.service.id)
    return site
