"""Half a pair of surrogates, as Jira sends it of a summary that was cut in the middle of an emoji."""

import re

_ESCAPE = re.compile(
    rb"""(?P<kept>\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"""
)
_SIGN = re.compile(rb"\\u[dD][89a-fA-F]")


def without_halves(body: bytes) -> bytes:
    r"""The JSON with U+FFFD for each escape that is half a pair: no parser takes one, and no text column either.

    A backslash that is itself escaped begins no escape, so the text `\\ud83d` stays as people typed it.
    """
    if _SIGN.search(body) is None:
        return body
    return _ESCAPE.sub(lambda found: found["kept"] or rb"\ufffd", body)
