"""The quiet contract: a flag at most once per issue and day, so many a week in a project, and no fights.

It judges what is planned, before it waits to be written. What is taken off an issue is never held back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from plugin.alignment.plan import without_flag
from plugin.alignment.rulebook import RuleBook
from plugin.domain.verdict import Change
from plugin.store import changes, flags, snapshots

FIGHT = 3
"""So many times a day the same is written to an issue; who then undoes it once more has won until somebody decides."""

_DAY = timedelta(days=1)
_SOON = timedelta(seconds=5)


@dataclass
class Quiet:
    """What may be written of what was planned. `again` says when an issue has to be looked at again."""

    planned: dict[str, Change | None]
    again: dict[str, datetime] = field(default_factory=dict)
    fights: dict[str, str] = field(default_factory=dict)
    """Why the change of an issue is parked."""


def hush(connection: Connection, book: RuleBook, planned: Mapping[str, Change | None], now: datetime) -> Quiet:
    """Called after the verdicts are recorded, as who is next in line is read from them."""
    quiet = Quiet(dict(planned))
    flag = book.tag.unlinked_label
    wanting = {id: one for id, one in planned.items() if one and flag in one.add}
    if wanting:
        _hold(connection, quiet, wanting, _until(connection, book, wanting, now), flag)
    _break_fights(connection, book, quiet, now)
    return quiet


def _until(connection: Connection, book: RuleBook, wanting: Mapping[str, Change], now: datetime) -> dict[str, datetime]:
    """Issues that may not be flagged now, and until when."""
    flag = book.tag.unlinked_label
    today = datetime.combine(book.today(now), time(), book.zone)
    held = dict.fromkeys(flags.flagged_since(connection, flag, wanting, today), today + _DAY)
    cap = book.configuration.site.flags_per_week
    free = [id for id in wanting if id not in held]
    if not cap or not free:
        return held
    granted = flags.about_to_be(connection, flag, free)
    by_project = defaultdict(list)
    for id, snapshot in snapshots.by_ids(connection, [id for id in free if id not in granted]).items():
        by_project[snapshot.project_key].append(id)
    monday = today - timedelta(days=today.weekday())
    for project, ids in sorted(by_project.items()):
        if not flags.try_to_grant(connection, project):
            held |= dict.fromkeys(ids, now + _SOON)
            continue
        room = max(0, cap - flags.number_since(connection, flag, project, monday))
        line = flags.in_line(connection, flag, project, room) if room else []
        held |= dict.fromkeys(set(ids) - set(line), monday + 7 * _DAY)
        snapshots.look_again(connection, set(line) - set(ids), now)
    return held


def _hold(
    connection: Connection, quiet: Quiet, wanting: Mapping[str, Change], until: Mapping[str, datetime], flag: str
) -> None:
    there = changes.ours(connection, until)
    for id, at in until.items():
        quiet.planned[id] = without_flag(wanting[id], flag, there[id].link if id in there else None)
        quiet.again[id] = at


def _break_fights(connection: Connection, book: RuleBook, quiet: Quiet, now: datetime) -> None:
    wanted = {id: one for id, one in quiet.planned.items() if one and (one.add or one.remove)}
    times: dict[str, int] = defaultdict(int)
    for id, added, removed in flags.writes_since(connection, wanted, now - _DAY, book.version) if wanted else ():
        times[id] += bool(added & set(wanted[id].add) or removed & set(wanted[id].remove))
    for id, number in times.items():
        if number >= FIGHT:
            quiet.fights[id] = _told(wanted[id], number, flags.others(connection, id, now - _DAY))
            quiet.again[id] = now + _DAY


def _told(one: Change, number: int, others: Collection[str]) -> str:
    who = _listed(others) or "somebody whose changes no webhook told us"
    what = _listed([*(f"+{label}" for label in one.add), *(f"−{label}" for label in one.remove)])
    return (
        f"{one.issue_key}: {what} was written {number} times within a day and undone each time, by {who}; "
        "it rests for a day. Settle with them what shall stand, or exempt the issue"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
