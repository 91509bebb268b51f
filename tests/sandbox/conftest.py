"""The sandbox's own tests run against sandboxes over HTTP."""

from tests.sandbox.confluence_sites import cloud, data_center
from tests.servers import any_sandbox, sandbox, sandbox_dc

__all__ = ["any_sandbox", "cloud", "data_center", "sandbox", "sandbox_dc"]
