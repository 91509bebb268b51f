"""Builds the sandbox: a Jira and a Confluence of one dialect in one Flask application."""

from flask import Flask

from plugin.sandbox.jira_values import Dialect


def create_sandbox(dialect: Dialect = "cloud") -> Flask:
    app = Flask("plugin.sandbox")
    try:
        from plugin.sandbox.confluence_rest import confluence_blueprint
        from plugin.sandbox.confluence_state import ConfluenceSite
    except ImportError:
        return app
    app.extensions["confluence"] = confluence = ConfluenceSite()
    app.register_blueprint(confluence_blueprint(confluence, dialect))
    return app
