"""Where a site is and who we are there."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from plugin.atlassian.gateways import Dialect
from plugin.domain.frozen import Frozen

_CLOUD_HOSTS = (".atlassian.net", ".jira.com", "api.atlassian.com")


class Access(Frozen):
    """What it takes to reach one Jira or one Confluence. Time-outs are in seconds."""

    url: str
    """The site's base URL. Cloud's Confluence may be given with or without `/wiki`."""
    token: SecretStr
    email: str | None = None
    """With it the token is an API token of Cloud (basic), without it a personal access token (bearer)."""
    dialect: Dialect | None = None
    """None: known by the host name, else asked of the site at the first call."""
    connect_timeout: float = 5
    read_timeout: float = 30

    @property
    def base(self) -> str:
        return self.url.rstrip("/")

    @property
    def known_dialect(self) -> Dialect | None:
        """The dialect as given, or as the host name tells; None where the site has to be asked."""
        host = urlsplit(self.url).hostname or ""
        return self.dialect or ("cloud" if host.endswith(_CLOUD_HOSTS) else None)
