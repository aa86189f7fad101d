"""Programs in pages of other sites: what a browser lets them ask and read (CORS).

No cookie is ever sent along, because the answer is for every origin. So such a program
learns what any other program would, from where its user sits.
"""

from typing import Any


#: Browsers ask again after two hours at most anyway.
_MAX_AGE = 7200


def allow_every_origin(response: Any) -> None:
    """Let scripts of every origin read a response, with the challenge in it.

    What a policy of the site has said about origins stays as it is.
    """
    if not response.getHeader("Access-Control-Allow-Origin"):
        response.setHeader("Access-Control-Allow-Origin", "*")
    exposed = response.getHeader("Access-Control-Expose-Headers") or ""
    if "www-authenticate" not in exposed.lower():
        names = f"{exposed}, WWW-Authenticate" if exposed else "WWW-Authenticate"
        response.setHeader("Access-Control-Expose-Headers", names)


def is_preflight(request: Any, method: str) -> bool:
    """Whether a browser asks what a script may send.

    :param method: that of the request, in capitals
    """
    asked = request.getHeader("Access-Control-Request-Method")
    return method == "OPTIONS" and bool(asked) and bool(request.getHeader("Origin"))


def answer_preflight(response: Any, methods: str) -> str:
    """Answer it: these methods, and every header.

    :param methods: their names, with commas between them
    :returns: the body, which is empty
    """
    response.setStatus(204)
    response.setHeader("Access-Control-Allow-Methods", methods)
    # The asterisk does not stand for Authorization.
    response.setHeader("Access-Control-Allow-Headers", "*, Authorization")
    response.setHeader("Access-Control-Max-Age", str(_MAX_AGE))
    return ""
