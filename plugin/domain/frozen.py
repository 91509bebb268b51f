"""The one base of every model: frozen, strict about unknown keys."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: it cannot be changed and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
