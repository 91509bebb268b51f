"""Who owns what on a page: the one place that says it, for rendering, for merging and for reading people's cells back.

A region is found by its heading's words, a column by the words in its header row. Nothing invisible is relied on.
"""

from typing import Literal

from plugin.domain.frozen import Frozen

LEAD_COMMENT = "Lead’s comment"
EXCEPTIONS = "Exceptions to explain"
OBJECTIVES = "Objectives"
DECISIONS = "Decisions and asks"
AGREEMENT = "Agreement"
WITHOUT_A_PLACE = "Comments without a place"
KEPT_FROM_EDITS = "Kept from edits"
"""The title of the note, an `expand` that stands last in its section."""

EXPLANATION = "Explanation (yours)"
CONFIDENCE = "Confidence (yours)"
NEXT_STEP = "Next step (yours)"

ASK = "Decision or ask"
WHO = "Who"
BY_WHEN = "By when"
ANSWER = "Answer"

Owner = Literal["us", "people"]


class Region(Frozen):
    """A section of a page, up to the next heading that is one of ours.

    In a table the first column names the row: the first line of its cell, which therefore holds no number that changes.
    """

    heading: str
    owner: Owner = "us"
    """`people`: merging adds rows that are not there, and replaces only what still stands as we wrote it."""
    people_columns: tuple[str, ...] = ()
    """Columns of people in tables that are otherwise ours. Rows that people add to such a table stay too."""


REGIONS: tuple[Region, ...] = (
    Region(heading=LEAD_COMMENT, owner="people"),
    Region(heading=EXCEPTIONS, people_columns=(EXPLANATION, "Who")),
    Region(heading=OBJECTIVES, people_columns=(CONFIDENCE, NEXT_STEP)),
    Region(heading=DECISIONS, owner="people"),
    Region(heading=AGREEMENT, owner="people"),
)


def region_of(heading: str) -> Region:
    """The region of this heading; one that nobody named is ours as a whole."""
    return next((one for one in REGIONS if one.heading == heading), Region(heading=heading))
