"""Protected objects stay as they are in the transactions of a token.

A second net below the permissions of Plone. Whatever code changes passwords, accounts,
roles, groups or credentials of ours, it changes objects below a user folder, or member
data. A transaction that does so is not committed. Undoing a transaction could bring
back all that it ended, so that is not committed either.
"""

from ...site.interfaces import PLUGIN_ID
from ...site.lookup import current_site
from ...site.lookup import tool_of
from ...storage.interfaces import IOpenToTokens
from ...web.access import Access
from .. import containment
from ..errors import ClosedToTokens
from ..errors import NO_ACCOUNTS
from ..roles import Place as Kind
from .reach import is_any_below
from .reach import Place
from .reach import place_of
from .transactions import take_part
from .transactions import TransactionGuard
from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import chain
from itertools import pairwise
from persistent import Persistent
from transaction.interfaces import ITransaction
from typing import Any
from ZODB.DB import TransactionalUndo


#: Tools beside the user folder that say who somebody is: what is known of members, and
#: who may set a new password.
_ACCOUNT_TOOLS = ("portal_memberdata", "portal_password_reset")


class CredentialsGuard(TransactionGuard):
    """Refuses to commit changes of protected objects.

    :param request: the request whose transactions they are
    :param protected: objects that may not change, with all they keep
    :param leave_out: objects below them that are not looked at
    """

    def __init__(
        self, request: Any, protected: list[Any], leave_out: list[Any]
    ) -> None:
        super().__init__(request)
        self._protected = protected
        self._leave_out = leave_out
        objects = chain(protected, leave_out)
        self._connections = {aq_base(obj)._p_jar for obj in objects}
        self._harmless: set[Place] = set()

    def check_commit(self, txn: ITransaction) -> None:
        """Raise if a protected object has changed, or will.

        :raises ClosedToTokens: when it is so
        """
        # What it changes is not loaded, and may be anything.
        if any(isinstance(resource, TransactionalUndo) for resource in txn._resources):
            raise ClosedToTokens("An access token may not undo transactions.")
        self.check_savepoint()

    def check_savepoint(self) -> None:
        """Raise if a protected object has changed.

        :raises ClosedToTokens: when it has
        """
        # Bulk operations set savepoints again and again.
        changed = {
            place_of(obj): obj
            for obj in _changed_objects(self._connections)
            if place_of(obj) not in self._harmless
        }
        if not changed:
            return
        if is_any_below(changed.values(), self._protected, self._leave_out):
            raise ClosedToTokens(NO_ACCOUNTS)
        self._harmless |= changed.keys()


def guard_credentials(request: Any, access: Access) -> None:
    """Keep this request's transactions from changing protected objects.

    With an admin scope accounts may change, but not what this package keeps, nor which
    plugins authenticate users.
    """
    context = current_site()
    if context is None:
        raise ClosedToTokens("This site does not know the access token.")
    storage, portal = context.storage, context.portal
    # A million tokens are looked up here, and issued nowhere but at the endpoint.
    leave_out = [
        each for each in storage.stores(IOpenToTokens).values() if _is_stored(each)
    ]
    # What is registered there knows it, and through it everything else.
    leave_out.append(portal.getSiteManager())
    leave_out += [obj for obj in aq_chain(portal) if _is_stored(obj)]
    if access.effect.administers:
        acl_users = tool_of(portal, "acl_users")
        protected = [acl_users]
        # Who deletes a user ends their credentials. Of a kind that is younger than the
        # last upgrade of the site there is nothing stored.
        kinds = [kind for kind in storage.kinds.values() if _is_stored(kind)]
        leave_out += [*_accounts(acl_users), *kinds]
    else:
        protected = [
            *_user_folders(request["PARENTS"]),
            *_account_tools(portal),
            *_published_tool(request["PUBLISHED"], portal),
        ]
    take_part(CredentialsGuard(request, protected, leave_out), request)


def _changed_objects(connections: Iterable[Any]) -> Iterator[Persistent]:
    for connection in connections:
        yield from connection._registered_objects
        # What a savepoint has set aside is no longer registered.
        aside = connection._savepoint_storage
        if aside is not None:
            yield from map(connection.get, aside.index)


def _accounts(acl_users: Any) -> list[Any]:
    """The objects in a user folder that keep nothing but users, groups and roles."""
    others = {"plugins", PLUGIN_ID}
    return [
        acl_users._getOb(name) for name in acl_users.objectIds() if name not in others
    ]


def _account_tools(portal: Any) -> list[Any]:
    tools = [tool_of(portal, name) for name in _ACCOUNT_TOOLS]
    return [tool for tool in tools if _is_stored(tool)]


def _published_tool(published: Any, portal: Any) -> list[Any]:
    """The tool of which a method is published, with all that it keeps.

    Some have methods that change them and that ask for no permission.
    """
    owner = getattr(published, "__self__", None)
    if not _is_stored(owner) or containment.place_of(owner) is not Kind.TOOL:
        return []
    outward = pairwise(aq_chain(aq_inner(owner)))
    return [obj for obj, parent in outward if aq_base(parent) is aq_base(portal)]


def _user_folders(parents: Iterable[Any]) -> list[Any]:
    """User folders on the way: the site's, the root's, others."""
    folders = [getattr(aq_base(parent), "__allow_groups__", None) for parent in parents]
    return [folder for folder in folders if _is_stored(folder)]


def _is_stored(obj: Any) -> bool:
    # What is not stored does not change.
    return getattr(aq_base(obj), "_p_jar", None) is not None
