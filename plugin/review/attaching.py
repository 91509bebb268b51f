"""A page's pictures, attached: each once, and again only where it shows something else."""

import logging
from collections.abc import Iterable

from plugin.atlassian.errors import Permanent
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.review.charts import Picture

logger = logging.getLogger(__name__)

_OURS = "sha256:"


def attach(gateway: ConfluenceGateway, page_id: str, pictures: Iterable[Picture]) -> str:
    """What a person should know, as a sentence; "" where all are there.

    One read where nothing is missing. What shows the same is neither drawn nor uploaded; what was lost on its way is
    uploaded again. A file that a person put in a picture's place stays. A picture that is refused costs no page: its
    figures stand beside it. Raises Retryable where the site cannot answer now.
    """
    wanted = list(pictures)
    if not wanted:
        return ""
    try:
        there = gateway.attached(page_id)
        for one in wanted:
            mark = there.get(one.name)
            if mark is None or (mark != one.mark and mark.startswith(_OURS)):
                gateway.attach(page_id, one.name, one.png, one.mark)
    except Permanent as refused:
        logger.warning("pictures could not be attached to page %s: %s", page_id, refused)
        return f"The pictures could not be attached: {refused}"
    return ""
