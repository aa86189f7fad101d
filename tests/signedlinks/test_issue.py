"""Links are made by who may share an object, for what can be shown by link."""

from collections.abc import Callable
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.permissions import CREATE_SIGNED_LINKS
from pas.plugins.tokenauth.signedlinks.interfaces import ISignedLinks
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NoIssuer
from pas.plugins.tokenauth.site.errors import NotAllowed
from plone import api
from Products.DCWorkflow.utils import modifyRolesForPermission
from tests.signedlinks.conftest import DAY
from typing import Any

import pytest
import time


def problems(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [each.field for each in error.value.all]


def test_a_link_is_a_secret_below_the_url_of_the_pages(
    site: Any, page: Any, share: Any
) -> None:
    site.plugin.pages_url = "https://pages.example.org/ClassicUI"
    issued = share(page)
    assert issued.url.startswith("https://pages.example.org/ClassicUI/@@link/ptl_")
    assert issued.url not in repr(issued)
    assert issued.credential.uid == page.UID()


def test_everything_that_is_wrong_is_told_at_once(page: Any, share: Any) -> None:
    with pytest.raises(InvalidInput) as error:
        share(
            page,
            title="",
            expires_at=time.time() + 31 * DAY,
            max_uses=0,
            action="download",
            password="x" * 201,
        )
    assert problems(error) == ["title", "expires", "max_uses", "action", "password"]


def test_a_link_ends(page: Any, share: Any) -> None:
    with pytest.raises(InvalidInput) as error:
        share(page, expires_at=None)
    assert problems(error) == ["expires"]


@pytest.mark.parametrize(
    "setting, field",
    [
        ("require_signed_link_password", "password"),
        ("require_signed_link_ip_ranges", "ip_ranges"),
    ],
)
def test_a_policy_asks_for_more(
    site: Any, page: Any, share: Any, setting: str, field: str
) -> None:
    setattr(site.plugin, setting, True)
    with pytest.raises(InvalidInput) as error:
        share(page)
    assert problems(error) == [field]
    share(page, **{field: "192.0.2.1"})


def test_a_policy_that_came_later_leaves_a_link_as_it_is(
    site: Any, page: Any, share: Any
) -> None:
    from pas.plugins.tokenauth.credentials.service import change_credential

    link = share(page).credential
    site.plugin.require_signed_link_ip_ranges = True
    requester = site.requester("editor")
    change = {"title": "For Robin"}
    change_credential(site.context, requester, link, change, time.time())
    assert link.title == "For Robin"


def test_none_is_made_while_they_are_switched_off(
    site: Any, page: Any, share: Any
) -> None:
    site.plugin.allow_signed_links = False
    with pytest.raises(NotAllowed, match="switched off"):
        share(page)


def test_none_is_made_without_a_public_url(site: Any, page: Any, share: Any) -> None:
    site.plugin.issuer = ""
    with pytest.raises(NoIssuer):
        share(page)


def _without_permission(page: Any) -> None:
    modifyRolesForPermission(page, CREATE_SIGNED_LINKS, ("Manager",))


def _unseen(page: Any) -> None:
    page.manage_permission("View", ["Manager", "Reader"])


def _unseen_by_readers(page: Any) -> None:
    page.manage_permission("View", ["Manager", "Editor"])


@pytest.mark.parametrize("change", [_without_permission, _unseen, _unseen_by_readers])
def test_what_cannot_be_shared_is_not(
    page: Any, share: Any, change: Callable[[Any], None]
) -> None:
    change(page)
    with pytest.raises(InvalidInput) as error:
        share(page)
    assert problems(error) == ["object"]


def test_only_some_types_are_shared(
    site: Any, page: Any, file: Any, share: Any
) -> None:
    site.plugin.signed_link_types = "File Image"
    share(file)
    with pytest.raises(InvalidInput) as error:
        share(page)
    assert problems(error) == ["object"]


def test_the_site_itself_is_not_shared(site: Any, private: Any, share: Any) -> None:
    with pytest.raises(InvalidInput) as error:
        share(site.portal)
    assert problems(error) == ["object"]


def test_an_owner_shares_what_is_theirs(site: Any, private: Any, share: Any) -> None:
    site.add_user("member", "Member")
    own, other = (
        api.content.create(private, "Document", name, title=name)
        for name in ("own", "other")
    )
    own.manage_setLocalRoles("member", ["Owner"])
    assert share(own, owner="member").credential.owner == "member"
    with pytest.raises(InvalidInput):
        share(other, owner="member")


def test_a_link_to_a_file_hands_it_out_unless_told(file: Any, share: Any) -> None:
    assert share(file).credential.action == "download"
    assert share(file, action="view").credential.action == "view"


def test_a_link_is_announced(
    page: Any, share: Any, listen: Callable[[Any], list[Any]]
) -> None:
    events = listen(IIssuedEvent)
    issued = share(page)
    [event] = events
    assert (event.kind, event.owner) == ("signed_link", "editor")
    assert issued.url not in repr(event)


# -- for programs of the site ------------------------------------------------


def test_a_program_of_the_site_makes_a_link(site: Any, page: Any) -> None:
    now = time.time()
    with api.env.adopt_user(username="editor"):
        issued = ISignedLinks(page).create(max_uses=3, password="secret", now=now)
    link = issued.credential
    assert (link.title, link.owner) == ("Budget of 2027", "editor")
    assert link.max_uses == 3
    assert link.expires_at == pytest.approx(now + 7 * DAY)
    assert ISignedLinks(page).live(now) == [link]
    assert ISignedLinks(page).live(now + 8 * DAY) == []


def test_a_program_cannot_do_what_its_user_may_not(site: Any, page: Any) -> None:
    site.add_user("member", "Member")
    with api.env.adopt_user(username="member"), pytest.raises(InvalidInput):
        ISignedLinks(page).create()


def test_a_template_asks_whether_the_visitor_may_share(site: Any, page: Any) -> None:
    site.add_user("member", "Member")
    view = page.restrictedTraverse("@@signed_links")
    with api.env.adopt_user(username="editor"):
        assert view.can_share()
    with api.env.adopt_user(username="member"):
        assert not view.can_share()
    site.plugin.allow_signed_links = False
    with api.env.adopt_user(username="editor"):
        assert not view.can_share()
    assert view.count() == 0
    assert view.share_url() == f"{page.absolute_url()}/@@share-by-link"
