"""A source of users beside that of the site."""

from collections.abc import Iterator
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zope.interface import implementer

import pytest


@implementer(IUserEnumerationPlugin)
class Source(BasePlugin):
    """A user source that answers what a test tells it to."""

    answer: Any = ()
    asked: list[Any] = []

    def enumerateUsers(self, **criteria: Any) -> Any:
        self.asked.append(criteria)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def source(site: Any) -> Iterator[Source]:
    acl_users = site.portal.acl_users
    acl_users._setObject("source", Source())
    acl_users.plugins.activatePlugin(IUserEnumerationPlugin, "source")
    Source.asked.clear()
    yield acl_users["source"]


def info(user_id: str, login: str = "") -> dict[str, str]:
    return {"id": user_id, "login": login or user_id, "pluginid": "source"}
