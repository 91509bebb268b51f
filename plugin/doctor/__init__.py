"""`plumbline doctor`: asks everything that has to be well, and says of what is not what to do. It changes nothing,
but for the property of an issue that is named to it, and that only for a moment."""

from plugin.doctor.examine import Patient, examine
from plugin.doctor.finding import Finding, as_json, code, told

__all__ = ["Finding", "Patient", "as_json", "code", "examine", "told"]
