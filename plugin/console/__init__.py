"""The console: rules, reasons and the state of things, in a browser."""

from plugin.console.console import Console
from plugin.console.joining import add_console

__all__ = ["Console", "add_console"]
