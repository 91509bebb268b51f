"""What every picture shares: its look, and how a drawing becomes a PNG."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

BLUE, GREY, LIGHT, RED, INK, PALE = "#1868db", "#8590a2", "#b3b9c4", "#c9372c", "#292a2e", "#dcdfe4"
"""Actual, last year, planned, target or exception, words, frames. Grey paper tells them apart by lightness; each
also has a shape of its own (solid, dashed, tick, ring), so that no colour has to."""
FONT = "sans-serif"
"""The one family that the renderer always finds; with one that is not installed it draws no text, and says nothing."""
SHARPNESS = 2
"""Pixels for each point, for screens of today."""

STYLE_VERSION = 1
"""Raised when the same values are drawn in another way; then every picture is uploaded once more."""

Drawing = dict[str, Any]
"""A drawing in Vega-Lite's language."""


@dataclass(frozen=True)
class Picture:
    """A picture to attach to a page. It is drawn when its PNG is asked for, not before."""

    name: str
    """Its file name, the same every week, so that a newer picture takes the older one's place."""
    alt: str
    """What it shows, in a sentence with its figures."""
    width: int
    """In points."""
    mark: str
    """A digest of what it shows and of the style: the same mark, the same bytes."""
    draw: Callable[[], Drawing] = field(compare=False, repr=False)

    @property
    def png(self) -> bytes:
        return png(self.draw())


def mark_of(shown: BaseModel) -> str:
    values = json.dumps([STYLE_VERSION, shown.model_dump()], default=str, sort_keys=True)
    return f"sha256:{sha256(values.encode()).hexdigest()}"


def styled(chart: Any) -> Drawing:
    """The chart with the house's look, as Vega-Lite."""
    axis = {"labelColor": INK, "labelFontSize": 12, "gridColor": "#f1f2f4", "tickColor": PALE, "domain": False}
    drawn: Drawing = (
        chart.configure(font=FONT, background="white", padding={"left": 4, "right": 12, "top": 4, "bottom": 4})
        .configure_axis(**axis, title=None)
        .configure_view(stroke=PALE)
        .configure_title(anchor="start", fontSize=13, fontWeight="normal", color="#505258", offset=8)
        .to_dict()
    )
    return drawn


def svg(drawing: Drawing) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(drawing))


def png(drawing: Drawing) -> bytes:
    """Imported late: the renderer brings an engine of 70 MB that only a publishing worker needs."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(drawing, scale=SHARPNESS)
    return drawn
