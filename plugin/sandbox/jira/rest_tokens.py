"""Data Center's personal access tokens: when they expire. Cloud has no such address.

https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html
"""

from flask import Blueprint, Response

from plugin.sandbox.jira.door import answer, refused, the_site, viewer
from plugin.sandbox.jira.errors import JiraError

blueprint = Blueprint("jira_tokens", "plugin.sandbox", url_prefix="/rest/pat/latest/tokens")
blueprint.register_error_handler(JiraError, refused)


@blueprint.get("")
def tokens() -> Response:
    """The asker's own: never the token itself, and no `expiringAt` for one that lasts for ever."""
    site, person = the_site(), viewer()
    if site.dialect == "cloud":
        raise JiraError(404, "null for uri: /rest/pat/latest/tokens")
    ends = site.token_ends.get(person.id)
    when = {"expiringAt": ends.isoformat(timespec="milliseconds")} if ends else {}
    return answer([{"id": 1, "name": "Plumbline", **when}])
