"""Signing in with an organisation's own accounts: OpenID Connect, by Authlib. Groups decide the role."""

import logging
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from plugin.console.console import Console
from plugin.console.door import who
from plugin.console.door.who import open_to_all
from plugin.settings import Organisation
from plugin.store import activity

logger = logging.getLogger(__name__)

TIMEOUT = 10
"""Seconds that the organisation's server has for each answer."""
_WELL_KNOWN = "/.well-known/openid-configuration"


def add_organisation(flask: Flask, console: Console, organisation: Organisation) -> Blueprint:
    """Its two routes: to the organisation, and back."""
    client = OAuth(flask).register(
        "organisation",
        server_metadata_url=organisation.issuer.rstrip("/") + _WELL_KNOWN,
        client_id=organisation.client_id,
        client_secret=organisation.client_secret.get_secret_value(),
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": TIMEOUT},
    )
    made = Blueprint("organisation", __name__)

    @made.get("/sign-in/organisation")
    @open_to_all
    def leave() -> ResponseReturnValue:
        session["way back"] = who.way_back(request.args.get("next"))
        try:
            answer: ResponseReturnValue = client.authorize_redirect(_back(console))
        except RequestException as error:
            logger.warning("the organisation's server does not answer: %s", error)
            abort(502, "The organisation’s sign-in does not answer. Try again in a minute.")
        return answer

    @made.get("/sign-in/back")
    @open_to_all
    def come_back() -> ResponseReturnValue:
        wanted = who.way_back(session.get("way back"))
        name, groups = _account(client, organisation)
        role = organisation.role(groups)
        if role is None:
            abort(403, f"{name} is in no group that may come in; PLUMBLINE_OIDC_VIEWER_GROUPS names those that may.")
        with console.engine.begin() as connection:
            who.begin(connection, name, role)
            activity.note(connection, name, f"Signed in as {role}.")
        return redirect(wanted)

    return made


def _account(client: Any, organisation: Organisation) -> tuple[str, tuple[str, ...]]:
    """Who came back, with their groups. State, nonce, signature, issuer, audience and age are Authlib's to check."""
    try:
        claims = client.authorize_access_token().get("userinfo") or {}
    except (OAuthError, JoseError) as error:
        logger.warning("a sign-in was refused: %s", error)
        abort(400, "That sign-in could not be completed. Begin again from the sign-in page.")
    except RequestException as error:
        logger.warning("the organisation's server does not answer: %s", error)
        abort(502, "The organisation’s sign-in does not answer. Try again in a minute.")
    name = next((str(claims[one]) for one in ("preferred_username", "email", "name", "sub") if claims.get(one)), "")
    if not name:
        abort(400, "The organisation did not say who that is.")
    groups = claims.get(organisation.groups_claim) or ()
    return name, (groups,) if isinstance(groups, str) else tuple(str(one) for one in groups)


def _back(console: Console) -> str:
    """Our address as the organisation knows it: the configured one, for a Host header is anybody's to write."""
    book = console.book()
    public = book.configuration.site.public_url if book else None
    path = url_for("organisation.come_back")
    return public.rstrip("/") + path if public else request.host_url.rstrip("/") + path
