"""Config files ⇄ a validated Configuration."""

from plugin.configuration.faults import ConfigurationFaults, Fault
from plugin.configuration.loader import load
from plugin.configuration.schema import schemas, write_schemas

__all__ = ["ConfigurationFaults", "Fault", "load", "schemas", "write_schemas"]
