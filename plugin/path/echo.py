"""Telling our own writes from people's: an echo has our account as actor **and** only the change that we expect."""

from collections.abc import Iterable
from datetime import timedelta

from plugin.path.gather import is_label_item, label_change
from plugin.store.changes import Expected
from webhooks.events import IssueEvent

_WITHIN = timedelta(hours=1)
"""Between our clock, when a write was sent, and Jira's in the event: skew, tries and time-outs."""


def echo_of(event: IssueEvent, me: str | None, expected: Iterable[Expected]) -> int | None:
    """The number of the write that this event is the echo of; None where a person, or another bot, did it.

    Admins use their own tokens: an event of our account that changes anything else is a person's. While our account is
    unknown (`me` is None) the change alone tells: nobody else can have done what our write had done already.
    """
    if me not in (None, event.actor) or not event.changelog:
        return None
    # It may come days late: its own time tells when it happened.
    expected = [one for one in expected if abs(event.at - one.sent_at) <= _WITHIN]
    if not all(is_label_item(item) for item in event.changelog):
        return None
    added, removed = label_change(event.changelog)
    for one in expected:
        if added <= one.added and removed <= one.removed and (added or removed):
            return one.seq
    return None
