"""The page with the signing keys."""

from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.sealing.keyring import make_key
from tests.controlpanel.conftest import Visitor
from tests.credentials.pages.conftest import text_of
from typing import Any

import pytest
import time


PAGE = "@@tokenauth-controlpanel-signing-keys"


@pytest.fixture
def admin(provider: Any) -> Visitor:
    provider.add_user("admin", "Site Administrator")
    return Visitor(provider, "admin")


def states(visitor: Visitor) -> list[str]:
    """The states of the RSA keys."""
    rows = [
        [text_of(cell) for cell in row.cssselect("td")]
        for row in visitor.see(PAGE).cssselect("tbody tr")
    ]
    return [state for _, algorithm, state, _ in rows if algorithm == "RS256"]


def authenticator(visitor: Visitor) -> str:
    (element, *_) = visitor.see(PAGE).cssselect("input[name=_authenticator]")
    return str(element.get("value"))


def submit(visitor: Visitor, **form: str) -> str:
    """The message after a button."""
    form["_authenticator"] = authenticator(visitor)
    return visitor.message(visitor.post(PAGE, **form))


def test_a_site_without_keys_has_a_page(admin: Visitor) -> None:
    assert states(admin) == []
    assert "There are none yet" in text_of(admin.see(PAGE).cssselect("#content")[0])


def test_new_keys_wait_beside_those_that_sign(
    admin: Visitor, ring: SigningKeyRing, provider: Any
) -> None:
    """Conformance: OD-09."""
    ring.keep_fresh(time.time())
    provider.commit()
    assert states(admin) == ["signs"]
    assert "sign in about an hour" in submit(admin)
    assert states(admin) == ["published, signs later", "signs"]
    assert "already" in submit(admin)
    assert len(states(admin)) == 2


def test_all_keys_can_be_replaced(
    admin: Visitor, ring: SigningKeyRing, provider: Any
) -> None:
    """Conformance: OD-10."""
    ring.keep_fresh(time.time())
    provider.commit()
    before = ring.verifying_keys()
    assert "forgotten" in submit(admin, replace="1")
    assert states(admin) == ["signs"]
    provider.sync()
    assert not set(before) & set(ring.verifying_keys())


def test_without_a_sealing_key_none_are_made(
    admin: Visitor, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12."""
    zope_conf.clear()
    assert "no usable sealing key" in submit(admin)
    assert states(admin) == []


def test_with_another_sealing_key_none_are_made(
    admin: Visitor, ring: SigningKeyRing, provider: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-13."""
    ring.keep_fresh(time.time())
    provider.commit()
    zope_conf["sealing-key"] = make_key()
    assert "the sealing key is not that of this site" in submit(admin)
    assert states(admin) == ["signs"]


def test_a_form_of_another_site_makes_nothing(admin: Visitor) -> None:
    assert admin.post(PAGE, replace="1").status_code == 403
    assert states(admin) == []


def test_a_get_request_makes_nothing(admin: Visitor) -> None:
    admin.get(PAGE, replace="1", _authenticator=authenticator(admin))
    assert states(admin) == []


def test_the_page_is_for_administrators(provider: Any) -> None:
    provider.add_user("member", "Member", "Editor")
    response = Visitor(provider, "member").get(PAGE)
    assert response.status_code in (302, 401)


def test_the_settings_lead_to_the_page(admin: Visitor) -> None:
    (link,) = admin.see("@@tokenauth-controlpanel-settings").cssselect(
        "a[href$='tokenauth-controlpanel-signing-keys']"
    )
    assert text_of(link) == "Signing keys"
