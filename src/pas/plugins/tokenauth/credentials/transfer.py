"""Another owner for a credential, when somebody leaves."""

from ..events import ChangedEvent
from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.errors import Problems
from ..site.fields import fields_of
from ..site.requester import Requester
from ..site.requester import require_permission
from ..storage.interfaces import ICredential
from .fields import Scopes
from .fields import Switch
from .kinds import kind_of
from .options import accepted_options
from .options import Decision
from .options import options_of
from .policies import check_number
from .rights import check_owner
from .rights import owner_may_have
from .service import announce
from .service import check_changeable
from .service import check_name_is_free
from .service import note


def transfer_credential(
    site: SiteContext,
    requester: Requester,
    credential: ICredential,
    owner: str | InvalidInput,
    now: float,
) -> None:
    """Let a credential belong to another user; its tokens end.

    What it may do is decided anew, as if it were issued to that user: scopes and
    switches that lend a right need one who has it.

    :param credential: as credential_of has found it
    :param owner: user id of who will own it
    :raises NotAllowed: when the requester may not issue credentials to others, it has
        ended, or the other has as many as the site allows
    :raises InvalidInput: when the other cannot own it; nothing is changed
    """
    require_permission(requester, ISSUE_KEYS_FOR_OTHERS)
    check_changeable(credential)
    kind = kind_of(credential)
    if kind.belongs_to_site:
        raise NotAllowed(_("It belongs to the site, and to no user."))
    if kind.made_by == "consent":
        raise NotAllowed(_("It is what one person has agreed to, and stays theirs."))
    if isinstance(owner, InvalidInput):
        raise owner
    if owner == credential.owner:
        raise InvalidInput("owner", _("It belongs to this user already."))
    check_owner(site, requester, kind, owner)
    if not owner_may_have(site, owner, kind):
        raise InvalidInput("owner", _("This user may not have any of this kind."))
    before = options_of(kind, credential)
    decided = {
        name
        for name, field in fields_of(kind.options).items()
        if isinstance(field, Scopes | Switch)
    }
    decision = Decision(
        site=site,
        requester=requester,
        kind=kind,
        owner=owner,
        now=now,
        made_at=credential.secret_made_at,
        before={name: before[name] for name in before.keys() - decided},
    )
    problems = Problems()
    with problems.collected():
        accepted_options(decision, before)
    with problems.collected():
        check_name_is_free(site, kind, owner, credential.name, now)
    problems.check()
    if credential.is_current(now):
        check_number(site, kind, owner, now)
    former = credential.owner
    site.storage[credential.kind].transfer(credential.credential_id, owner, now)
    note("transfer", [credential], requester)
    details = {"action": "transfer", "former_owner": former}
    announce(ChangedEvent, credential, requester, details=details)
