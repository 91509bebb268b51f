"""Calls to one Confluence page, as the throttle and the retry table see them."""

from plugin.atlassian.call import Call, Method


def page_call(method: Method, endpoint: str, what: str, permission: str = "View") -> Call:
    """A call that may be sent again without harm."""
    return Call(method=method, endpoint=endpoint, what=what, subject=True, permission=permission)


def page_call_once(method: Method, endpoint: str, what: str, permission: str) -> Call:
    """A call that the one retry layer must not repeat by itself: its second time is refused or makes a second thing."""
    return page_call(method, endpoint, what, permission).model_copy(update={"idempotent": False})
