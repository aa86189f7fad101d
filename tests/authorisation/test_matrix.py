"""Who may do what: every cell of docs/authorisation.md, over HTTP.

Each cell is asked for with a request that would succeed if it were allowed. Who is
refused learns and changes nothing; who is not sees it, or it is different afterwards.
"""

from . import discovery
from .asking import Question
from .asking import question
from .table import ENDPOINTS
from .table import LINKS
from .table import OWN_PAGES
from .table import PARTS
from .table import PROBES
from .table import Row
from .table import rows
from .table import SERVICES
from .table import SITE_SETUP
from .table import ZMI
from .world import MARK
from .world import PROGRAMS
from .world import SEALING_KEY
from .world import World
from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE

import os
import pytest
import requests


PAGES = [*OWN_PAGES, *SITE_SETUP, *LINKS]
#: Columns that are programs.
SCOPES = ["read", "write", "admin.read", "admin"]
TRIED = [*PAGES, *PARTS, *PROBES, *SERVICES, *ZMI]
#: What must be there before a request can change something.
PREPARED = {
    "@@tokenauth-purge": World.let_log_be_due,
    "@@tokenauth-notify": World.let_expire_soon,
    "@@tokenauth-controlpanel-revoke-before": World.before_turn_of_century,
    "@@manage-authorizations-sign-out": World.begin_sessions,
    "@@tokenauth-controlpanel-sign-out": World.begin_sessions,
    "@sign-out-everywhere": World.begin_sessions,
    "manage_addTokenAuthPluginForm": World.new_user_folder,
    "manage_addTokenAuthPlugin": World.new_user_folder,
}


#: What the site that is asked is without.
NEEDS_SEALING = {
    "@@tokenauth-controlpanel-signing-keys",
    "@@tokenauth-controlpanel-register-partner",
    "@partners",
    "@@tokenauth-controlpanel-register-simple-sso",
    "@simple-sso-consumers",
}


@contextmanager
def sealing(row: Row) -> Iterator[None]:
    """The request of some rows needs a sealing key."""
    if row.what in NEEDS_SEALING:
        os.environ[KEY_VARIABLE] = SEALING_KEY
    yield
    os.environ.pop(KEY_VARIABLE, None)


# Nothing is forgotten


def topics(table: list[Row], prefix: str = "") -> set[str]:
    """What the rows of a table are about, without a prefix that some have."""
    return {
        row.what.removeprefix(prefix) for row in table if row.what.startswith(prefix)
    }


@pytest.mark.usefixtures("keep_layers")
class TestEveryRegistration:
    """A new one without a row is found."""

    def test_every_view_has_a_row(self) -> None:
        endpoints = {name.partition(" ")[0] for name in topics(ENDPOINTS)}
        named = {name.removeprefix("@@") for name in topics(PAGES + PROBES) | endpoints}
        assert discovery.views() == named
        assert len(named) > 25

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_every_page_is_asked_in_both_ways(self, method: str) -> None:
        for table in (PAGES, PROBES, ZMI, ENDPOINTS):
            asked = {row.what for row in table if method in row.methods}
            assert asked == topics(table)

    def test_every_service_has_a_row(self) -> None:
        named = {
            (row.what, method)
            for row in SERVICES
            for method in row.methods
            if not row.what.startswith("@controlpanels")
        }
        assert discovery.services() == named
        assert len(named) == 39

    def test_every_control_panel_has_a_row(self) -> None:
        assert discovery.control_panels() == topics(SERVICES, "@controlpanels/")

    def test_every_viewlet_has_a_row(self) -> None:
        assert discovery.viewlets() == topics(PARTS, "viewlet ")

    def test_every_directory_of_resources_has_a_row(self) -> None:
        assert discovery.resources() == topics(PARTS, "++resource++")

    def test_every_user_action_has_a_row(self) -> None:
        found = discovery.profile_objects(
            "actions.xml", r'insert-before="logout"[^>]*name="(\w+)"'
        )
        assert found == topics(PARTS, "user action ")

    def test_every_configlet_has_a_row(self) -> None:
        found = discovery.profile_objects("controlpanel.xml", r'action_id="(\w+)"')
        assert found == topics(PARTS, "configlet ")

    def test_every_page_of_the_zmi_has_a_row(self) -> None:
        assert discovery.zmi_pages() == topics(ZMI)

    def test_every_row_has_every_column(self) -> None:
        people = ["anonymous", "member", "owner", "other", "administrator", "manager"]
        for row in TRIED:
            assert list(row.cells) == [*people, *SCOPES]


# Every cell


def outcome(response: requests.Response, asked: Question) -> str:
    """The word of the table for an answer."""
    location = response.headers.get("Location", "")
    if "require_login" in location:
        return "log in"
    if response.status_code >= 400:
        return str(response.status_code)
    if asked.shows and asked.shows not in response.text:
        return "no"
    return "yes"


def expected_of(row: Row, who: str) -> str:
    """What the table says about one of them."""
    if who not in PROGRAMS:
        return row.cells[who]
    scope, user = PROGRAMS[who]
    cell = row.cells[scope]
    if cell == "its user":
        cell = row.cells[user]
        return "403" if cell == "log in" else cell
    return cell


@pytest.mark.long
class TestEveryCell:
    """In one site, row after row."""

    @pytest.mark.parametrize("row", TRIED, ids=str)
    def test_every_cell_is_as_the_table_says(self, world: World, row: Row) -> None:
        wrong = []
        for method in row.methods:
            world.new_credentials()
            people = [who for who in row.cells if who not in SCOPES]
            for who in [*people, *PROGRAMS]:
                found = self.result(world, row, method, who)
                expected = expected_of(row, who)
                if found != expected:
                    wrong.append(f"{method} by {who}: {found}, not {expected}")
        assert wrong == []

    def result(self, world: World, row: Row, method: str, who: str) -> str:
        """What one of them gets, with all that the answer must and must not do."""
        if row.what in PREPARED:
            PREPARED[row.what](world)
        if "enable" in row.what.split("-") or row.variant == "enable":
            world.disable()
        if row.what.endswith("-end-secret") or row.variant == "end-secret":
            world.add_secrets()
        asked = question(world, row, method)
        before = world.state()
        with sealing(row):
            response = world.ask(who, method, asked.path, **asked.kwargs)
        result = outcome(response, asked)
        changed = world.state() != before
        if result == "yes" and asked.changes and not changed:
            # A form that is shown again says why.
            result = "no"
        assert changed == (asked.changes and result == "yes"), (method, who, result)
        if result == "no" and expected_of(row, who) == "own":
            # Of the owner, who has some, there is nothing.
            assert MARK not in response.text, who
            result = "own"
        if result not in ("yes", "own", "no"):
            assert MARK not in response.text, (method, who)
        if changed:
            self.restore(world)
        return result

    def restore(self, world: World) -> None:
        """Others find what the first one found."""
        world.new_credentials()
        plugin = world.site.plugin
        if plugin.issuer != world.site.url:
            plugin.issuer, plugin.former_token_endpoints = world.site.url, ()
            world.site.commit()


def test_the_tables_are_read() -> None:
    assert len(TRIED) > 70
    assert rows("REST API")[0].cells["other"] == "own"
