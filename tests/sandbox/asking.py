"""A plain HTTP client of a sandbox's Jira, signed in as one of its people."""

from dataclasses import dataclass
from typing import Any

import requests

from plugin.sandbox.serve import RunningSandbox


@dataclass(frozen=True)
class Asking:
    sandbox: RunningSandbox
    who: str = "Plumbline"

    @property
    def version(self) -> str:
        return "3" if self.sandbox.dialect == "cloud" else "2"

    def __call__(self, method: str, path: str, json: object = None, **parameters: str) -> requests.Response:
        """Asks below /rest/api/N; a path that starts with / is taken as it stands."""
        person = self.sandbox.jira.catalogue.person(self.who)
        url = path if path.startswith("/") else f"/rest/api/{self.version}/{path}"
        headers, auth = {}, None
        if self.sandbox.dialect == "cloud":
            auth = (person.email, person.token)
        else:
            headers["Authorization"] = f"Bearer {person.token}"
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, self.sandbox.url + url, json=json, params=parameters, auth=auth, headers=headers, timeout=10
            )

    def read(self, path: str, **parameters: str) -> Any:
        """The JSON of a GET that has to succeed."""
        answer = self("GET", path, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()
