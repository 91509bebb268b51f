"""The sandbox's own tests run against sandboxes over HTTP."""

from tests.servers import any_sandbox, sandbox, sandbox_dc

__all__ = ["any_sandbox", "sandbox", "sandbox_dc"]
