"""`plumbline replay`: real payloads from a folder, posted as Jira would post them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import requests

from webhooks.delivery import FLOW, IDENTIFIER
from webhooks.signature import sign

MANIFEST = "MANIFEST.json"
TIMEOUTS = (5, 20)
"""Jira's own, in seconds: to connect, and to be answered."""
LARGEST = 50_000_000
"""Bytes above which a file is no payload; it is said so and not read."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post, and what opens the door there: a secret signs, a token is sent as bearer."""

    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def headers(self, name: str, body: bytes) -> dict[str, str]:
        """As Jira's, with an identifier that is the same whenever this file is replayed."""
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            IDENTIFIER: sha256(name.encode("utf-8", "surrogateescape") + b"\0" + body).hexdigest(),
            FLOW: "Primary",
        }
        if self.secret:
            headers["X-Hub-Signature"] = sign(body, self.secret)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one file. `status` is None where there was no answer; then `words` say why, else the answer's."""

    file: str
    identifier: str
    status: int | None
    words: str

    @property
    def accepted(self) -> bool:
        return self.status in (200, 204)


class Ending(Protocol):
    """How a delivery ended, as the inbox tells it."""

    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table: how many deliveries ended so, and why, "" where the outcome says it all."""

    name: str
    number: int
    reason: str = ""


def replay(folder: Path, target: Target) -> Iterator[Posted]:
    """Posts every `*.json` of the folder but its manifest, by name; each result comes as soon as it is there.

    Raises NotADirectoryError where there is no such folder. A file that cannot be read or posted is a result too.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder; give one that holds payloads as *.json")
    return _replay(sorted(path for path in folder.glob("*.json") if path.name != MANIFEST), target)


def _replay(paths: Sequence[Path], target: Target) -> Iterator[Posted]:
    with requests.Session() as session:
        for path in paths:
            yield _post(session, path, target)


def _post(session: requests.Session, path: Path, target: Target) -> Posted:
    try:
        body = _read(path)
    except OSError as error:
        return Posted(path.name, "", None, f"cannot be read: {error.strerror or error}")
    headers = target.headers(path.name, body)
    try:
        answer = session.post(target.url, body, headers=headers, timeout=TIMEOUTS, allow_redirects=False)
    except requests.RequestException as error:
        # The library's own words would repeat the address, and a token may be part of it.
        return Posted(path.name, headers[IDENTIFIER], None, f"no answer: {type(error).__name__}")
    return Posted(path.name, headers[IDENTIFIER], answer.status_code, _one_line(answer.text)[:200])


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise OSError(f"{path.name} is not a file")
    if path.stat().st_size > LARGEST:
        raise OSError(f"{path.name} is larger than {LARGEST} bytes")
    return path.read_bytes()


def at_the_door(posted: Iterable[Posted]) -> list[Outcome]:
    """How the receiver answered, counted by its words: what was accepted, then what was refused or got no answer."""
    counted = Counter((not one.accepted, _answer(one), one.words) for one in posted)
    return [Outcome(name, number, words) for (_, name, words), number in sorted(counted.items())]


def _answer(one: Posted) -> str:
    if one.accepted:
        return "accepted"
    return f"refused ({one.status})" if one.status else "not posted"


_WHY = {
    "waiting": "not digested yet; a worker does that",
    "not found": "the database that was asked does not hold it; it has to be the receiver's",
}


def in_the_house(posted: Iterable[Posted], endings: Mapping[str, Ending]) -> list[Outcome]:
    """What became of the accepted ones, counted; one delivery is counted once, so the numbers sum to the accepted."""
    ended = [_ended(endings.get(one.identifier)) for one in posted if one.accepted]
    return [Outcome(name, number, reason) for (name, reason), number in sorted(Counter(ended).items())]


def _ended(ending: Ending | None) -> tuple[str, str]:
    outcome = ending.outcome if ending else "not found"
    return outcome, (ending.reason if ending else "") or _WHY.get(outcome, "")


def table(door: Sequence[Outcome], house: Sequence[Outcome]) -> str:
    """Two blocks of lines with a sum each: what the receiver said of all, and what became of those that it accepted."""
    width = max(len(one.name) for one in (*door, *house, Outcome(_SUM, 0)))
    return "\n\n".join((_block("at the door", door, width), _block("in the house", house, width)))


_SUM = "in all"


def _block(title: str, outcomes: Sequence[Outcome], width: int) -> str:
    total = Outcome(_SUM, sum(one.number for one in outcomes))
    lines = [f"{one.number:>8}  {one.name:<{width}}  {_one_line(one.reason)}".rstrip() for one in (*outcomes, total)]
    return "\n".join([f"payloads  {title}", *lines])


def _one_line(words: str) -> str:
    return " ".join(words.split())
