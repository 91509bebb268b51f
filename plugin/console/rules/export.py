"""Any version as the files that say it."""

import io
import zipfile
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from plugin.configuration.export import files as exported
from plugin.console.door.who import admins_only
from plugin.domain.product import Configuration
from plugin.store import configurations

if TYPE_CHECKING:
    from plugin.console.console import Console


def routes(console: "Console") -> Blueprint:
    made = Blueprint("export", __name__)

    @made.get("/rules/history/<int:version>/export.zip")
    @admins_only
    def zipped(version: int) -> ResponseReturnValue:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in exported(version_of(console, version)).items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
        return _download(held.getvalue(), "application/zip", f"plumbline-version-{version}.zip")

    @made.get("/rules/history/<int:version>/files/<path:name>")
    @admins_only
    def file(version: int, name: str) -> ResponseReturnValue:
        text = exported(version_of(console, version)).get(name)
        if text is None:
            abort(404, f"Version {version} has no file of that name.")
        return _download(text.encode(), "application/yaml", name.rpartition("/")[2])

    return made


def version_of(console: "Console", version: int) -> Configuration:
    """A page that says so where there is no such version."""
    with console.engine.connect() as connection:
        found = configurations.of_version(connection, version)
    if found is None:
        abort(404, f"There is no version {version}; the history lists those that there are.")
    return found


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
