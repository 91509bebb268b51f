"""The same web application with an inbox that stores nothing: what accepting costs without the row."""

from dataclasses import dataclass
from functools import cached_property

from flask import Flask

from plugin.app import Application, web
from plugin.settings import Settings
from webhooks.delivery import Delivery
from webhooks.inbox import Inbox, Stored


class NothingStored(Inbox):
    """Takes every delivery for stored."""

    def store(self, given: Delivery, body: bytes) -> Stored:
        return Stored.STORED


@dataclass(frozen=True)
class Forgetful(Application):
    """The application around it."""

    @cached_property
    def inbox(self) -> Inbox:
        return NothingStored(self.engine, self.settings.inbox_limit)


def create_web() -> Flask:
    settings = Settings.read()
    return web(Forgetful(settings, settings.database_url or ""))
