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
        from sqlalchemy.exc import OperationalError

        from plugin.admin.explaining import UnknownIssue
        from plugin.admin.versions import VersionError
        from plugin.atlassian.errors import DoorError
        from plugin.configuration import ConfigurationFaults
        from plugin.configuration.export import ExportError
        from plugin.configuration.modes import ModeError
        from plugin.freezing import FreezingError
        from plugin.review.upgrade import ReviewTooNewError
        from plugin.settings import SettingsError
        from plugin.store.embedded import EmbeddedPostgresError
        from plugin.supervisor import SupervisorError

        weeks = (FreezingError, ReviewTooNewError)
        ours = (SettingsError, ConfigurationFaults, EmbeddedPostgresError, SupervisorError)
        try:
            command(*args, **kwargs)
        except (*ours, *weeks, DoorError, ModeError, VersionError, ExportError, UnknownIssue) as error:
            _end(str(error))
        except OperationalError as error:
            _end(f"the database does not answer: {str(error.orig).strip()}; is `plumbline up` running?")

    return run


def _end(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)
