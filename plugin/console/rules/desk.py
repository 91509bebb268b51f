"""An admin's draft, as the pages change it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import abort, url_for
from pydantic import JsonValue
from sqlalchemy import Connection

from plugin.admin import drafts
from plugin.admin.drafts import Meanwhile
from plugin.alignment.rulebook import RuleBook
from plugin.configuration import ConfigurationFaults
from plugin.configuration.editing import EditRefused, Files, Written, item
from plugin.console.door.who import reader
from plugin.domain.product import Configuration
from plugin.store import activity
from plugin.store.drafts import StoredDraft

if TYPE_CHECKING:
    from plugin.console.console import Console

NOTHING_YET = "No rules are in force yet: write config/ and run `plumbline apply`; the pages change them from then on."
BY_FILES = (
    "site.yaml says `managed_by: files`: what is in force is changed in files, by `plumbline plan` and "
    "`plumbline apply`, and this console shows it and changes nothing."
)


class Refused(Exception):  # noqa: N818 - a form that cannot be taken as it is; nothing failed
    """Why a form is not taken, for the person who sent it. Nothing was changed."""


@dataclass(frozen=True)
class Desk:
    console: "Console"

    def book(self) -> RuleBook:
        """The rules in force; a page that says what to do where there are none."""
        found = self.console.book()
        if found is None:
            abort(404, NOTHING_YET)
        return found

    def today(self) -> date:
        return self.book().today(self.console.clock())

    @property
    def by_files(self) -> bool:
        book = self.console.book()
        return book is not None and book.configuration.site.managed_by == "files"

    @property
    def writes(self) -> bool:
        """Whether the reader may change a draft."""
        return reader().admin and not self.by_files

    def refuse_by_files(self) -> None:
        if self.by_files:
            abort(409, BY_FILES)

    def draft(self, connection: Connection) -> StoredDraft | None:
        """The reader's draft, or one that would begin with what is in force; None for those who have none."""
        return drafts.begun(connection, reader().name, self.console.clock()) if self.writes else None

    def as_drafted(self) -> Configuration:
        """What the reader's draft says where it is sound, else what is in force."""
        with self.console.engine.connect() as connection:
            draft = self.draft(connection)
            mine = draft.files if draft and draft.mark else None
            found = drafts.judged(connection, mine, self.console.clock()).configuration if mine else None
        return found or self.book().configuration

    def change(self, edit: Callable[[Files], Files], deed: str) -> None:
        """Changes the reader's draft, which begins with what is in force where there is none. Raises Refused."""
        self.refuse_by_files()
        with self.console.engine.begin() as connection:
            draft = drafts.begun(connection, reader().name, self.console.clock())
            if draft is None:
                abort(404, NOTHING_YET)
            try:
                drafts.keep(connection, draft, edit(draft.files))
            except EditRefused as error:
                raise Refused(f"Nothing was changed: {error}.") from None
            except ConfigurationFaults as faults:
                words = f"Nothing was changed: your draft has a file that cannot be read. Mend it first: {faults}"
                raise Refused(words) from None
            except Meanwhile:
                raise Refused(
                    "Nothing was changed: your draft was changed in another window meanwhile. Send it again."
                ) from None
            activity.note(connection, reader().name, f"{deed} in a draft.")

    def written(self, connection: Connection, product: str, section: str, id: str) -> Written | None:
        """The item as the reader's draft says it, else as what is in force says it; None where it is not there."""
        draft = self.draft(connection)
        if draft is not None:
            try:
                return item(draft.files, product, section, id)
            except ConfigurationFaults:
                abort(409, f"Your draft has a file that cannot be read; mend it at {url_for('files.shown')}.")
        found = self.book().configuration.product(product)
        listed = found.model_dump(mode="json", exclude_defaults=True).get(section, []) if found else []
        return next((one for one in listed if one["id"] == id), None)


def seen(item: Mapping[str, JsonValue] | None) -> str:
    """A short hash of what a form was filled with, so that a change of others in between is noticed; "" for nothing."""
    told = json.dumps(item, sort_keys=True) if item is not None else ""
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""
