"""The ZMI form for the settings, and the one that adds the plugin."""

from collections.abc import Mapping
from datetime import date
from pas.plugins.tokenauth.site.issuer import FormerTokenEndpoint
from typing import Any

import pytest
import re


PASSWORD = "correct-horse-battery-1"
FORM = "/acl_users/token_auth/manage_settings"
ACTION = "/acl_users/token_auth/manage_changeSettings"
GOOD = {
    "issuer": "https://www.example.org",
    "access_token_lifetime": "600",
    "grant_lifetime": "300",
    "leeway": "30",
    "usage_log_retention": "14",
    "revoked_key_retention": "30",
    "max_key_lifetime": "365",
    "max_keys_per_user": "10",
    "require_ip_ranges": "on",
    "allowed_algorithms:list": ["RS256", "EdDSA"],
    "former_token_endpoints": "https://old.example.org/token 2030-12-31",
}


class Administrator:
    """A Manager with a browser."""

    def __init__(self, site: Any) -> None:
        site.add_user("boss", "Manager")
        self._site = site
        self._auth = ("boss", PASSWORD)

    def form(self, path: str = FORM) -> str:
        response = self._site.get(path, auth=self._auth)
        assert response.status_code == 200
        return response.text

    def submit(self, values: Mapping[str, Any], path: str = ACTION) -> Any:
        found = re.search(r'name="_authenticator" value="(\w+)"', self.form())
        assert found
        data = {**values, "_authenticator": found[1]}
        return self._site.request("POST", path, data=data, auth=self._auth)


@pytest.fixture
def administrator(site: Any) -> Administrator:
    return Administrator(site)


def test_the_form_shows_the_settings(site: Any, administrator: Administrator) -> None:
    form = administrator.form()
    assert f'value="{site.url}"' in form
    assert 'value="3600"' in form
    for label in ("Issuer", "Leeway (seconds)", "Retention of the usage log (days)"):
        assert label in form


def test_good_values_are_saved(site: Any, administrator: Administrator) -> None:
    response = administrator.submit(GOOD)
    assert response.status_code == 200
    assert "Settings saved" in response.text
    site.sync()
    plugin = site.plugin
    assert plugin.issuer == "https://www.example.org"
    assert plugin.access_token_lifetime == 600
    assert plugin.grant_lifetime == 300
    assert plugin.leeway == 30
    assert plugin.usage_log_retention == 14
    assert plugin.revoked_key_retention == 30
    assert plugin.max_key_lifetime == 365
    assert plugin.max_keys_per_user == 10
    assert plugin.require_ip_ranges is True
    assert plugin.allowed_algorithms == ("RS256", "EdDSA")


def test_policies_can_be_lifted_again(site: Any, administrator: Administrator) -> None:
    administrator.submit(GOOD)
    lifted = {**GOOD, "max_key_lifetime": "", "max_keys_per_user": " "}
    del lifted["require_ip_ranges"]
    assert administrator.submit(lifted).status_code == 200
    site.sync()
    plugin = site.plugin
    assert plugin.max_key_lifetime is None
    assert plugin.max_keys_per_user is None
    assert plugin.require_ip_ranges is False


def test_a_new_issuer_keeps_the_old_one_for_a_while(
    site: Any, administrator: Administrator
) -> None:
    old = site.plugin.issuer
    administrator.submit(GOOD)
    site.sync()
    urls = [endpoint.url for endpoint in site.plugin.former_token_endpoints]
    assert urls == ["https://old.example.org/token", old, f"{old}/@@oauth2-token"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "http://www.example.org"),
        ("issuer", "https://www.example.org/?x"),
        ("issuer", "https://www.example.org#x"),
        ("issuer", "https://user@www.example.org"),
        ("issuer", "https://www.example.org:port"),
        ("issuer", "javascript:alert(1)"),
        ("issuer", "not a url"),
        ("access_token_lifetime", "0"),
        ("access_token_lifetime", "59"),
        ("access_token_lifetime", "86401"),
        ("access_token_lifetime", "an hour"),
        ("access_token_lifetime", ""),
        ("access_token_lifetime", "9" * 5000),
        ("grant_lifetime", "3601"),
        ("grant_lifetime", "-1"),
        ("leeway", "301"),
        ("leeway", "1.5"),
        ("usage_log_retention", "0"),
        ("revoked_key_retention", "0"),
        ("max_key_lifetime", "0"),
        ("max_keys_per_user", "-1"),
        ("max_keys_per_user", "many"),
        ("allowed_algorithms:list", []),
        ("allowed_algorithms:list", ["HS256"]),
        ("former_token_endpoints", "https://old.example.org"),
        ("former_token_endpoints", "https://old.example.org tomorrow"),
        ("former_token_endpoints", "http://old.example.org 2030-01-01"),
        ("former_token_endpoints", "ftp://old.example.org 2030-01-01"),
    ],
)
def test_a_bad_value_is_answered_with_a_message_and_changes_nothing(
    site: Any, administrator: Administrator, name: str, value: str
) -> None:
    before = dict(site.plugin.__dict__)
    response = administrator.submit({**GOOD, name: value})
    assert response.status_code == 400
    assert "alert-danger" in response.text
    # What was typed is still there.
    assert 'value="https://www.example.org"' in response.text or name == "issuer"
    site.sync()
    assert dict(site.plugin.__dict__) == before


def test_everything_that_is_wrong_is_told_at_once(
    administrator: Administrator,
) -> None:
    response = administrator.submit({**GOOD, "leeway": "301", "grant_lifetime": "x"})
    assert response.status_code == 400
    told = response.text.partition("alert-danger")[2][:1000]
    assert "Maximum lifetime of a grant (seconds): This must be a whole number." in told
    assert "Leeway (seconds): This value cannot be used." in told


@pytest.mark.parametrize(
    "name",
    ["issuer:list", "leeway:list", "former_token_endpoints:list", "issuer.x:record"],
)
def test_a_field_that_zope_converts_is_no_failure(
    site: Any, administrator: Administrator, name: str
) -> None:
    values = {**GOOD, name: "1"}
    del values[name.partition(":")[0].partition(".")[0]]
    assert administrator.submit(values).status_code == 400
    site.sync()
    assert site.plugin.issuer == site.url


def test_an_issuer_may_be_left_out(site: Any, administrator: Administrator) -> None:
    assert administrator.submit({**GOOD, "issuer": ""}).status_code == 200
    site.sync()
    assert site.plugin.issuer == ""
    assert site.context.token_endpoint == ""


def test_a_trailing_slash_is_taken_off(site: Any, administrator: Administrator) -> None:
    administrator.submit({**GOOD, "issuer": "https://www.example.org/"})
    site.sync()
    assert site.plugin.issuer == "https://www.example.org"


def test_a_form_without_authenticator_changes_nothing(site: Any) -> None:
    site.add_user("boss", "Manager")
    response = site.request("POST", ACTION, data=GOOD, auth=("boss", PASSWORD))
    assert response.status_code == 403
    site.sync()
    assert site.plugin.issuer == site.url


def test_a_get_request_changes_nothing(site: Any) -> None:
    site.add_user("boss", "Manager")
    response = site.get(ACTION, params=GOOD, auth=("boss", PASSWORD))
    assert response.status_code == 403
    site.sync()
    assert site.plugin.issuer == site.url


@pytest.mark.parametrize("path", [FORM, ACTION])
@pytest.mark.parametrize("role", ["Member", "Site Administrator"])
def test_only_managers_see_and_change_settings(site: Any, path: str, role: str) -> None:
    site.add_user("somebody", role)
    for method in ("GET", "POST"):
        response = site.request(method, path, auth=("somebody", PASSWORD))
        assert response.status_code in (302, 401, 403)
        assert site.url + '"' not in response.text


def test_a_value_of_a_setting_is_validated_wherever_it_is_set(site: Any) -> None:
    from zope.schema.interfaces import ValidationError

    with pytest.raises(ValidationError):
        site.plugin.access_token_lifetime = 1
    with pytest.raises(ValidationError):
        site.plugin.issuer = "http://www.example.org"
    endpoint = FormerTokenEndpoint("http://x.example.org", date(2030, 1, 1))
    with pytest.raises(ValidationError):
        site.plugin.former_token_endpoints = (endpoint,)


class TestAdding:
    """The add form of the ZMI."""

    PATH = "/acl_users/manage_addProduct/pas.plugins.tokenauth"

    def test_the_plugin_can_be_added_by_hand(
        self, site: Any, administrator: Administrator
    ) -> None:
        authenticator = re.search(
            r'name="_authenticator" value="(\w+)"', administrator.form()
        )
        assert authenticator
        site.portal.acl_users.manage_delObjects(["token_auth"])
        site.commit()
        form = administrator.form(f"{self.PATH}/manage_addTokenAuthPluginForm")
        assert 'value="token_auth"' in form
        response = site.request(
            "POST",
            f"{self.PATH}/manage_addTokenAuthPlugin",
            data={
                "id": "token_auth",
                "title": "x",
                "_authenticator": authenticator[1],
            },
            auth=("boss", PASSWORD),
        )
        assert response.status_code == 302
        site.sync()
        assert site.plugin is not None

    def test_the_plugin_is_not_added_by_a_get_request(
        self, site: Any, administrator: Administrator
    ) -> None:
        site.portal.acl_users.manage_delObjects(["token_auth"])
        site.commit()
        response = site.get(
            f"{self.PATH}/manage_addTokenAuthPlugin", auth=("boss", PASSWORD)
        )
        assert response.status_code == 403
        site.sync()
        assert site.plugin is None


def test_each_setting_says_what_zope_conf_says_instead(
    administrator: Administrator, zope_conf: dict[str, str]
) -> None:
    """The form showed it for the issuer only."""
    zope_conf["issuer"] = "/plone https://a.example.org"
    zope_conf["pages-url"] = "/plone https://b.example.org"
    text = " ".join(re.sub("<[^>]*>", " ", administrator.form()).split())
    for url in ("https://a.example.org", "https://b.example.org"):
        assert f"says something else, which is in force: {url}" in text


def test_no_checkbox_covers_what_it_means(administrator: Administrator) -> None:
    """Bootstrap takes such a checkbox out of the flow of the page."""
    boxes = re.findall(r'<input class="form-check-input([^"]*)"', administrator.form())
    assert boxes and all("position-static" in classes for classes in boxes)
