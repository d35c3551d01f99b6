"""The control room's page and what only it asks for; everything it changes goes through the routes of the service."""

from api.console.app import include_console

__all__ = ["include_console"]
