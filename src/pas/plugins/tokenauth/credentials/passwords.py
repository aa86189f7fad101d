"""What becomes of credentials when the password of their owner changes.

Whoever knew the old password may have made credentials with it. Passwords that change
outside of Plone, in a directory for instance, are not noticed.
"""

from ..core.clock import now
from ..events import PasswordChangedEvent
from ..i18n import _
from ..site.context import SiteContext
from ..site.lookup import current_site
from ..site.requester import Operator
from ..storage.interfaces import ICredential
from .fields import vocabulary_of
from .interfaces import ICredentialKind
from .kinds import credentials_of
from .kinds import kinds
from .rights import is_withheld
from .search import made_with
from .service import revoke_found
from Acquisition import aq_inner
from Acquisition import aq_parent
from Products.PluggableAuthService.interfaces.events import ICredentialsUpdatedEvent
from typing import Any
from zope import schema
from zope.component import adapter
from zope.event import notify

import transaction


OFF, TELL, END = "off", "tell", "end"
#: Who ends credentials then, for the records.
PASSWORD_CHANGE = "password change"
#: By which a transaction knows whose passwords it has changed.
_KEY = "pas.plugins.tokenauth.passwords"


class PasswordPolicy(schema.Choice):
    """A setting: what becomes of the credentials of a kind."""

    def __init__(self, preset: str) -> None:
        super().__init__(
            title=_("When the password of the owner changes"),
            description=_(
                "What happens to the credentials of the owner. Password changes"
                " outside of Plone are not noticed."
            ),
            vocabulary=vocabulary_of(
                {
                    OFF: _("Nothing"),
                    TELL: _("The owner is told of them by e-mail"),
                    END: _("They are revoked, and the owner is told"),
                }
            ),
            default=preset,
        )


def password_policy(site: SiteContext, kind: ICredentialKind) -> str:
    """OFF, TELL or END."""
    name = kind.password_setting
    return str(getattr(site.settings, name) if name else TELL)


def react_to_password(site: SiteContext, user_id: str, at: float) -> None:
    """Do what the site wants with the credentials of a user with a new password.

    :param at: seconds since the epoch
    """
    changed = _changed_in_transaction()
    if user_id in changed:
        # Some routes are noticed twice.
        return
    changed.add(user_id)
    told, ended = [], []
    for kind in kinds().values():
        owned = _current(site, kind, user_id, at)
        policy = password_policy(site, kind)
        told += owned if policy == TELL else []
        if policy == END:
            ended += [each for each in owned if not is_withheld(each)]
    if ended:
        # Whoever knew the password may have had more made with them.
        made = [each for each in made_with(site, ended, at) if each not in ended]
        told = [each for each in told if each not in made]
        ended += made
        revoke_found(site, Operator(PASSWORD_CHANGE), ended, at)
    if told or ended:
        notify(
            PasswordChangedEvent(
                owner=user_id,
                kept=tuple(each.credential_id for each in told),
                ended=tuple(each.credential_id for each in ended),
            )
        )


@adapter(ICredentialsUpdatedEvent)
def notice_event(event: ICredentialsUpdatedEvent) -> None:
    """Notice what PAS announces: all of Plone's forms, its mails and REST services."""
    _notice(aq_parent(aq_inner(event.principal)), event.principal.getId())


def set_password(self: Any, userid: str, password: str) -> Any:
    """Set a password by any source of users, also by one that announces nothing.

    It replaces the method of PAS.
    """
    result = self._old_userSetPassword(userid, password)
    _notice(self, userid)
    return result


def update_password(self: Any, user_id: str, password: str) -> Any:
    """Set a password as the ZMI does, and notice it.

    It replaces the method of the user folder's own source.
    """
    result = self._old_updateUserPassword(user_id, password)
    if password:
        _notice(aq_parent(aq_inner(self)), user_id)
    return result


def _notice(user_folder: Any, user_id: str) -> None:
    site = current_site()
    if site is None or user_folder is None:
        return
    # A user of the Zope root may have the same id.
    if user_folder.getPhysicalPath() == site.users.folder_path:
        react_to_password(site, user_id, now())


def _current(
    site: SiteContext, kind: ICredentialKind, user_id: str, at: float
) -> list[ICredential]:
    owned = credentials_of(site.storage, kind).owned_by(user_id)
    return [each for each in owned if each.is_current(at)]


def _changed_in_transaction() -> set[str]:
    current = transaction.get()
    try:
        changed: set[str] = current.data(_KEY)
    except KeyError:
        changed = set()
        current.set_data(_KEY, changed)
    return changed
