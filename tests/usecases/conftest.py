"""People who want something, and the moment at which they do."""

from App.config import getConfiguration
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from pas.plugins.tokenauth.permissions import MANAGE_OWN_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.usecases.actor import Actor
from pas.plugins.tokenauth.usecases.actor import Operator
from pas.plugins.tokenauth.usecases.issuing import issue_service_key
from pas.plugins.tokenauth.usecases.keymaterial import KeyMaterial
from pas.plugins.tokenauth.usecases.limits import PersonalTokenLimits
from pas.plugins.tokenauth.usecases.limits import ServiceKeyLimits
from pas.plugins.tokenauth.usecases.personaltokens import issue_personal_token
from plone.app.testing import SITE_OWNER_NAME
from typing import Any
from zope.component import getGlobalSiteManager

import itertools
import pytest


NOW = 1_800_000_000.0


@pytest.fixture
def listen() -> Iterator[Callable[[Any], list[Any]]]:
    """A list of the events of a kind from now on."""
    with ExitStack() as end:

        def listen(interface: Any) -> list[Any]:
            events: list[Any] = []
            manager = getGlobalSiteManager()
            manager.registerHandler(events.append, (interface,))
            end.callback(manager.unregisterHandler, events.append, (interface,))
            return events

        yield listen


@pytest.fixture
def zope_conf(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The product-config section of this package."""
    section: dict[str, str] = {}
    monkeypatch.setattr(
        getConfiguration(),
        "product_config",
        {"pas.plugins.tokenauth": section},
        raising=False,
    )
    return section


@pytest.fixture
def people(site: Any) -> dict[str, Actor]:
    """One of each kind, by what they are."""
    for permission in (MANAGE_OWN_SERVICE_KEYS, MANAGE_OWN_ACCESS_TOKENS):
        site.portal.manage_permission(
            permission, ["Manager", "Site Administrator", "Editor"]
        )
    for user_id, role in (
        ("owner", "Editor"),
        ("other", "Editor"),
        ("member", "Member"),
        ("administrator", "Site Administrator"),
        ("manager", "Manager"),
    ):
        site.add_user(user_id, role)
    users = ("owner", "other", "member", "administrator", "manager")
    root_user = site.app.acl_users.getUser(SITE_OWNER_NAME)
    return {
        **{user_id: site.actor(user_id) for user_id in users},
        "root": Actor(root_user, site.server),
        "operator": Operator("the command line"),
        "program": Actor(
            site.portal.acl_users.getUserById("manager"), site.server, by_token=True
        ),
    }


@pytest.fixture
def issue(site: Any, people: dict[str, Actor]) -> Callable[..., Any]:
    """Issues a key and returns what the site keeps of it."""
    forms = itertools.count()

    def issue(
        actor: str = "owner",
        owner: str = "",
        name: str = "",
        now: float = NOW,
        public_key: str = "",
        **limits: Any,
    ) -> Any:
        material = KeyMaterial(
            algorithm="" if public_key else "EdDSA", public_key=public_key
        )
        issued = issue_service_key(
            site.server,
            people[actor],
            ServiceKeyLimits(**{"title": "A key", **limits}),
            now,
            str(next(forms)),
            material,
            owner,
            name,
        )
        return issued.service_key

    return issue


@pytest.fixture
def issue_token(site: Any, people: dict[str, Actor]) -> Callable[..., Any]:
    """Issues a personal access token and returns it with what the site keeps of it."""
    forms = itertools.count()

    def issue_token(
        actor: str = "owner", owner: str = "", now: float = NOW, **limits: Any
    ) -> Any:
        limits = {"title": "A token", "expires_at": now + 3600, **limits}
        return issue_personal_token(
            site.server,
            people[actor],
            PersonalTokenLimits(**limits),
            now,
            str(next(forms)),
            owner,
        )

    return issue_token
