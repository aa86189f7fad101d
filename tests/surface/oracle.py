"""What must hold for every answer, whatever was asked."""

from tests.surface.discovery import Entry
from tests.surface.documents import DOCUMENT
from tests.surface.wire import Answer
from tests.surface.wire import Request
from tests.surface.world import World
from urllib.parse import unquote

import json
import re


#: Nothing that Python prints about an error belongs into an answer.
TRACEBACK = re.compile(rb'Traceback \(most|File \\?"[^"]*\.py|Module [\w.]+, line \d+')
#: Statuses whose answers have no body.
_BODILESS = (204, 304)
#: Methods of the REST API.
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def complaints(
    entry: Entry, request: Request, answer: Answer, world: World, who: str
) -> list[str]:
    """What is wrong with an answer; nothing if it is as it should be."""
    if answer.status == 0:
        return ["no answer"]
    found = []
    if answer.status >= 500 and not _cannot_be_verified(request, answer):
        found.append(f"status {answer.status}")
    if TRACEBACK.search(answer.body) and not _may_see_it(entry, request, answer, who):
        found.append("traceback")
    if answer.body and not answer.media_type:
        found.append("no Content-Type")
    if answer.status == 401 and not answer.all("WWW-Authenticate"):
        found.append("401 without WWW-Authenticate")
    if any("\r" in value or "\n" in value for _, value in answer.headers):
        found.append("header is split")
    whole = answer.body + repr(answer.headers).encode()
    found += [f"secret {n}" for n, s in enumerate(world.secrets) if s.encode() in whole]
    if came_to_zope(answer) and promises_json(entry, request):
        found += _about_json(entry, request, answer)
    return found


def _cannot_be_verified(request: Request, answer: Answer) -> bool:
    """Whether an application has a document, and that was not to be had."""
    return answer.status == 503 and DOCUMENT in request.target


def _may_see_it(entry: Entry, request: Request, answer: Answer, who: str) -> bool:
    """Whether a traceback is one that Plone or plone.rest show to Managers."""
    if entry.promises_json and leads_there(entry, request):
        return False
    if who in ("owner", "browser", "token", "personal token"):
        return True
    # Where Zope cannot read the request nobody is logged in yet, and plone.rest asks
    # for the permission of the one whom its thread has served before.
    return answer.status == 400 and b'"traceback": [' in answer.body


def came_to_zope(answer: Answer) -> bool:
    """Whether Zope has seen the request, and not only the server before it."""
    return bool(answer.all("X-Powered-By"))


def promises_json(entry: Entry, request: Request) -> bool:
    """Whether the answer has to be JSON."""
    if not leads_there(entry, request):
        return False
    if entry.promises_json:
        return True
    # Among all that clients accept, plone.rest listens to this alone.
    is_api = request.all("Accept") == ["application/json"]
    return entry.is_service and is_api and request.method in API_METHODS


def leads_there(entry: Entry, request: Request) -> bool:
    """Whether the path is that of the entry, and not only like it."""
    path = f"{unquote(request.target.partition('?')[0])}/"
    spellings = (entry.path, entry.path.replace("/@@", "/++view++"))
    return "/../" not in path and any(f"{each}/" in path for each in spellings)


def _about_json(entry: Entry, request: Request, answer: Answer) -> list[str]:
    found = []
    if answer.all("Set-Cookie") and entry.kind == "oauth":
        found.append("cookie")
    if request.method == "HEAD" or not answer.body:
        return found
    if answer.status in _BODILESS or answer.media_type != "application/json":
        return [*found, f"no JSON but {answer.media_type}"]
    try:
        json.loads(answer.body)
    except ValueError:
        found.append("damaged JSON")
    return found
