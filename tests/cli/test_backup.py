"""A backup brings revoked credentials back; what the documentation says ends them."""

from datetime import datetime
from datetime import timezone
from io import BytesIO
from typing import Any

import pytest
import time


DAY = 24 * 60 * 60


class Backup:
    """The plugin with all it keeps, as it was when this was made."""

    def __init__(self, site: Any) -> None:
        self._site = site
        self._exported = BytesIO()
        site.sync()
        plugin = site.plugin
        plugin._p_jar.exportFile(plugin._p_oid, self._exported)

    def restore(self) -> None:
        self._exported.seek(0)
        plugin = self._site.app._p_jar.importFile(self._exported)
        self._site.portal.acl_users._setOb(plugin.getId(), plugin)
        self._site.commit()


class Secrets:
    """Something of each kind, issued a while ago."""

    def __init__(self, site: Any) -> None:
        self._site = site
        self.keyfile = site.issue()
        issued = site.issue_personal_access_token()
        self.token_id, self.personal = issued.credential.credential_id, issued.token
        self.token = site.token(self.keyfile)
        site.sync()
        for credential_id in self.ids:
            site.context.storage.credential(credential_id).issued_at -= DAY
        site.commit()

    @property
    def ids(self) -> tuple[str, str]:
        return self.keyfile["client_id"], self.token_id

    @property
    def works(self) -> list[bool]:
        """Whether the key, its access token and the personal access token work."""
        site = self._site
        return [
            site.exchange(site.grant(self.keyfile)).status_code == 200,
            *(
                site.api("GET", "/@users/owner", token).status_code == 200
                for token in (self.token, self.personal)
            ),
        ]


@pytest.fixture
def restored(site: Any, tokenauth: Any) -> Secrets:
    """What was revoked after a backup was made, which is restored now."""
    secrets = Secrets(site)
    backup = Backup(site)
    assert tokenauth("revoke", *secrets.ids).code == 0
    site.sync()
    assert not any(secrets.works)
    backup.restore()
    return secrets


def test_a_backup_revives_what_was_revoked(restored: Secrets) -> None:
    """The reason for everything below: nothing in the database can tell."""
    assert all(restored.works)


@pytest.mark.parametrize("with_new", [False, True])
def test_credentials_issued_before_a_time_can_be_ended_at_once(
    site: Any, restored: Secrets, tokenauth: Any, with_new: bool
) -> None:
    """What was issued since is spared."""
    new = site.issue() if with_new else None
    an_hour_ago = datetime.fromtimestamp(time.time() - 3600, timezone.utc)
    when = an_hour_ago.isoformat(timespec="minutes")
    result = tokenauth("revoke", "--issued-before", when)
    assert result.code == 0, result.err
    site.sync()
    assert not any(restored.works)
    if new:
        assert site.api("GET", "/@users/owner", site.token(new)).status_code == 200


def test_everything_can_be_ended(site: Any, restored: Secrets, tokenauth: Any) -> None:
    assert tokenauth("revoke", "--all").code == 0
    site.sync()
    assert not any(restored.works)


def test_a_grant_from_after_the_backup_is_good_again_only_until_it_expires(
    site: Any, tokenauth: Any
) -> None:
    """Its identifier is forgotten with the rest, so a restored site cannot know."""
    keyfile = site.issue()
    backup = Backup(site)
    assertion = site.grant(keyfile, jti="once")
    assert site.exchange(assertion).status_code == 200
    assert site.exchange(assertion).status_code == 400
    backup.restore()
    assert site.exchange(assertion).status_code == 200
    assert site.exchange(assertion).status_code == 400
