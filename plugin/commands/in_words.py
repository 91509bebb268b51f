"""What a user can mend comes as sentences and exit code 2, never as a traceback."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

P = ParamSpec("P")


def in_words(command: Callable[P, None]) -> Callable[P, None]:
    """Wraps a command."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            click.echo(sentence, err=True)
            sys.exit(2)

    return run


def _sentence(error: Exception) -> str | None:
    """None for what no user can mend. Imports errors once there is one: a command that runs for long stays small."""
    from sqlalchemy.exc import OperationalError

    from plugin.admin.explaining import UnknownIssue
    from plugin.admin.versions import VersionError
    from plugin.atlassian.errors import DoorError
    from plugin.configuration import ConfigurationFaults
    from plugin.configuration.export import ExportError
    from plugin.configuration.modes import ModeError
    from plugin.review.upgrade import ReviewTooNewError
    from plugin.settings import SettingsError
    from plugin.store.embedded import EmbeddedPostgresError
    from plugin.supervisor import SupervisorError
    from plugin.weekly.freezing import FreezingError

    weeks = (FreezingError, ReviewTooNewError)
    ours = (SettingsError, ConfigurationFaults, EmbeddedPostgresError, SupervisorError)
    if isinstance(error, (*ours, *weeks, DoorError, ModeError, VersionError, ExportError, UnknownIssue)):
        return str(error)
    if isinstance(error, OperationalError):
        return f"the database does not answer: {str(error.orig).strip()}; is `plumbline up` running?"
    return None
