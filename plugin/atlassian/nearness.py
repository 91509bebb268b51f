"""How near its limit a site says that we are, and how far apart calls go then. Pure.

Cloud: `X-RateLimit-NearLimit: true` where less than a fifth is left of whatever it counts, and, for quotas,
`Beta-RateLimit-Policy` and `Beta-RateLimit` (`"name";q=100;w=60` and `"name";r=7;t=12`), whose prefix is to go.
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
Data Center: a bucket for each account, told in each answer as `X-RateLimit-Limit`, `-Remaining`, `-FillRate` and
`-Interval-Seconds`. https://confluence.atlassian.com/adminjiraserver/improving-instance-stability-with-rate-limiting-983794911.html
"""

import re
from collections.abc import Mapping, Sequence

from plugin.domain.frozen import Frozen

NEAR = 0.2
"""The part of a limit that is left when we begin to go slower: Cloud's own."""

FARTHEST = 5.0
"""Seconds; where nothing is left, the site's 429 says how long to wait."""

_MEMBER = re.compile(r'"([^"]*)"\s*((?:;\s*[a-z]+\s*=\s*[0-9.]+\s*)+)')
_PARAMETER = re.compile(r"([a-z]+)\s*=\s*([0-9]+(?:\.[0-9]+)?)")


class Limit(Frozen):
    """At most `calls` in any span of `seconds`."""

    calls: int
    seconds: float


class Spacing(Frozen):
    """Seconds from an answer to the next call: to the same endpoint, or to any."""

    seconds: float
    everything: bool


def spacing(headers: Mapping[str, str], limits: Sequence[Limit]) -> Spacing | None:
    """None where the answer says nothing, or that enough is left. `limits` are those of the endpoint that answered."""
    told = {name.lower(): value.strip() for name, value in headers.items()}
    bucket = _bucket(told)
    if bucket is not None:
        return Spacing(seconds=min(FARTHEST, bucket), everything=True)
    quotas = list(filter(None, (_quota(told, prefix) for prefix in ("", "beta-"))))
    if quotas:
        return Spacing(seconds=min(FARTHEST, max(quotas)), everything=True)
    if told.get("x-ratelimit-nearlimit", "").lower() == "true":  # half of what is allowed
        return Spacing(seconds=max((2 * one.seconds / one.calls for one in limits), default=0.0), everything=False)
    return None


def _bucket(told: Mapping[str, str]) -> float | None:
    limit, left, fill, every = (
        _number(told.get(f"x-ratelimit-{name}", "")) for name in ("limit", "remaining", "fillrate", "interval-seconds")
    )
    if not limit or left is None or not fill or not every or left >= NEAR * limit:
        return None
    return every / fill


def _quota(told: Mapping[str, str], prefix: str) -> float | None:
    policies = _members(told.get(f"{prefix}ratelimit-policy", ""))
    found = [
        at["t"] / max(1.0, at["r"])
        for name, at in _members(told.get(f"{prefix}ratelimit", "")).items()
        if "r" in at and "t" in at and at["r"] < NEAR * policies.get(name, {}).get("q", 0.0)
    ]
    return max(found, default=None)


def _members(text: str) -> dict[str, dict[str, float]]:
    """Name → its parameters, in any number and order; what does not look like one is passed over."""
    return {
        name: {key: float(value) for key, value in _PARAMETER.findall(rest)} for name, rest in _MEMBER.findall(text)
    }


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else None
