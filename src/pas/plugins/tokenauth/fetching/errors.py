"""Why nothing was fetched; the messages are for logs and administrators.

They tell about networks and servers, so whoever named the URL does not get them.
"""


class FetchError(Exception):
    """Nothing was fetched, or delivered."""


class FetchRefused(FetchError):
    """No request is sent to this URL."""


class FetchFailed(FetchError):
    """There was no good answer, this time."""
