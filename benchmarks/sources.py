"""What a slow source of users costs a request: how often it is asked, and how long.

The source is like a directory behind a network: each question takes 20 milliseconds.
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from instance import SITE_USER
from measuring import heading
from measuring import medians
from measuring import show
from plone_site import plone_site
from plone_site import PloneSite
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zope.interface import implementer

import base64
import time
import transaction


LATENCY = 0.02
REPEAT = 20
SOURCE = "directory"


@implementer(IUserEnumerationPlugin)
class Directory(BasePlugin):
    """A source that knows one user, and takes its time."""

    meta_type = "A slow directory"
    asked = 0

    def __init__(self, user_id: str) -> None:
        self._setId(SOURCE)
        self._user_id = user_id

    def enumerateUsers(self, id: Any = None, login: Any = None, **more: Any) -> Any:
        Directory.asked += 1
        time.sleep(LATENCY)
        if self._user_id in (id, login):
            info = {"id": self._user_id, "login": self._user_id, "pluginid": SOURCE}
            return (info,)
        return ()


def main() -> None:
    heading(f"A source of users that takes {LATENCY * 1000:.0f} ms to answer")
    site = plone_site()
    site.add_keys(1)
    ours = f"Bearer {site.token()}"
    jwt = f"Bearer {site.acl_users.jwt_auth.create_token(SITE_USER[0])}"
    transaction.commit()
    for name, first, user_id in (
        ("asked last, user in the database", False, "somebody"),
        ("asked first, user in the database", True, "somebody"),
        ("asked first, user in the directory too", True, SITE_USER[0]),
    ):
        with directory(site, first, user_id):
            for way, authorization in (
                ("ours", ours),
                ("jwt_auth", jwt),
                ("Basic", basic()),
            ):
                measure(site, f"{name}: {way}", authorization)


@contextmanager
def directory(site: PloneSite, first: bool, user_id: str) -> Iterator[None]:
    """A site with the directory among its sources."""
    site.acl_users._setObject(SOURCE, Directory(user_id))
    plugins = site.acl_users.plugins
    plugins.activatePlugin(IUserEnumerationPlugin, SOURCE)
    if first:
        while plugins.listPluginIds(IUserEnumerationPlugin)[0] != SOURCE:
            plugins.movePluginsUp(IUserEnumerationPlugin, [SOURCE])
    yield
    transaction.abort()


def measure(site: PloneSite, name: str, authorization: str) -> None:
    Directory.asked = 0
    (microseconds,) = medians(validating(site, authorization), repeat=REPEAT)
    asked = Directory.asked / REPEAT
    show(name, f"asked {asked:.0f} times, {microseconds / 1000:.1f} ms")


def validating(site: PloneSite, authorization: str) -> Callable[[], Any]:
    requests = [site.request(authorization) for _ in range(REPEAT)]

    def validate() -> None:
        assert site.acl_users.validate(
            requests.pop(), authorization, ("Authenticated",)
        )

    return validate


def basic() -> str:
    return "Basic " + base64.b64encode(":".join(SITE_USER).encode()).decode()


if __name__ == "__main__":
    main()
