"""What the kinds of credentials have in common; each feature has a subclass."""

from ..events import ChangedEvent
from ..events import IssuedEvent
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..permissions import MANAGE_APPLICATIONS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import Problems
from ..site.fields import Given
from ..site.requester import Requester
from ..site.users import SiteUser
from ..storage.credentials import Credential
from ..storage.credentials import Credentials
from .errors import AlreadyIssued
from .identifiers import identifier
from .interfaces import ICredentialKind
from .interfaces import IIssued
from .interfaces import IMaterial
from .maintenance import forget_ended
from .options import accepted_options
from .options import Decision
from .policies import check_number
from .rights import check_may_widen
from .rights import check_owner
from .rotation import checked_overlap
from .rotation import DEFAULT_OVERLAP
from .rotation import expiry_of_new_secret
from .service import announce
from .service import check_changeable
from .service import check_may_live
from .service import note
from .texts import KindTexts
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zope.interface import implementer
from zope.interface.interface import InterfaceClass


@implementer(IIssued)
@dataclass(frozen=True, kw_only=True)
class Issued:
    """See IIssued; no repr shows the secret."""

    credential: Any
    members: Mapping[str, Any] = field(repr=False)
    text: str = field(repr=False)
    secret: str = field(default="", repr=False)


@implementer(ICredentialKind)
class CredentialKind:
    """See ICredentialKind. What is given here suits most kinds."""

    name: str
    is_known = True
    order = 100
    made_by = "form"
    options: InterfaceClass
    material: InterfaceClass = IMaterial
    belongs_to_site = False
    is_for_applications = False
    manage_own: str
    manage_all = MANAGE_ALL_SERVICE_KEYS
    max_lifetime = ""
    max_per_user = ""
    may_never_end = ""
    password_setting = ""
    rotation: InterfaceClass | None = None
    secret_fields: tuple[str, ...] = ()
    is_bearer = False
    tells_of_own = True
    page: str
    list_links: tuple[tuple[str, str], ...] = ()
    issue_page = ""
    endpoint: str
    id_member = "id"
    texts: KindTexts
    #: With what the ids begin.
    id_prefix: str

    def check_ready(self, site: SiteContext) -> None:
        """Refuse while the site lacks what a credential of this kind needs.

        :raises NotAllowed: with the reason
        """

    def prepared(
        self,
        decision: Decision,
        material: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> Any:
        """What :meth:`make` needs of what was given besides the options.

        :param options: as they were given, whether they are acceptable or not
        :raises InvalidInput: for everything that cannot be used
        """

    def make(self, site: SiteContext, prepared: Any, **attributes: Any) -> Issued:
        """Make the secret, and a credential with these attributes, not stored yet."""
        raise NotImplementedError

    def rotation_of(self, credential: Any) -> InterfaceClass | None:
        return self.rotation

    def checked_rotation(
        self,
        site: SiteContext,
        credential: Any,
        material: Mapping[str, Any],
        now: float,
    ) -> Any:
        """What :meth:`renew` needs of what was given for a new secret.

        :raises InvalidInput: for everything that cannot be used
        """

    def renew(
        self,
        site: SiteContext,
        credential: Any,
        prepared: Any,
        ends_at: float,
        now: float,
    ) -> Issued:
        """Make another secret; those before it end at a time at the latest.

        :raises InvalidInput: when there can be no more
        """
        raise NotImplementedError

    def newest_secret(self, credential: Any) -> dict[str, Any]:
        """What the records say about the newest secret, by name."""
        return {}

    def id_source(
        self, decision: Decision, material: Mapping[str, Any], idempotency_key: str
    ) -> str:
        """What the id is made from besides the owner: none is issued twice."""
        return idempotency_key

    def permission_to_widen(self, credential: Any) -> str:
        return ISSUE_KEYS_FOR_OTHERS

    def check_options(self, decision: Decision, accepted: Mapping[str, Any]) -> None:
        # An add-on's kind may need nothing.
        pass

    def check_use(
        self, site: SiteContext, credential: Any, subject: SiteUser, now: float
    ) -> None:
        # Most have nothing to add.
        pass

    def may_obtain(
        self, site: SiteContext, credential: Any, scopes: frozenset[str]
    ) -> bool:
        return True

    def details(self, credential: Any) -> dict[str, Any]:
        return {}

    def sentences(
        self, credential: Any, now: float, time: Callable[[float], str]
    ) -> Iterator[str]:
        yield from ()

    def check_may_issue(
        self, site: SiteContext, requester: Requester, now: float, owner: str = ""
    ) -> None:
        """Refuse unless the requester can issue one now.

        :param owner: user id of who will own it; the requester if it is empty
        :raises NotAllowed: with the reason, one class for each
        :raises InvalidInput: when there is no such owner
        """
        check_owner(site, requester, self, owner)
        self.check_ready(site)
        check_number(site, self, owner or requester.user_id, now)

    def rotate(
        self,
        site: SiteContext,
        requester: Requester,
        credential: Any,
        now: float,
        overlap: float | InvalidInput = DEFAULT_OVERLAP,
        *,
        material: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Give a credential another secret; those before it end.

        Its id, its options and the tokens in use stay.

        :param credential: as credential_of or own_credential has found it
        :param overlap: seconds for which the ones before still work
        :param material: what the kind asks for, see `rotation`
        :param options: with `expires_at`, if it is to change
        :returns: IIssued, with the only copy of the secret
        :raises NotAllowed: when the requester may not, or the credential has ended
        :raises InvalidInput: for everything that cannot be used; nothing is changed
        """
        check_changeable(credential)
        check_may_widen(requester, credential)
        self.check_ready(site)
        problems = Problems()
        with problems.collected():
            prepared = self.checked_rotation(site, credential, material or {}, now)
        with problems.collected():
            ends_at = now + checked_overlap(overlap)
        with problems.collected():
            expires_at = expiry_of_new_secret(
                site, requester, self, credential, now, options or {}
            )
        problems.check()
        check_may_live(site, credential, now)
        issued = self.renew(site, credential, prepared, ends_at, now)
        credential.expires_at = expires_at
        note("rotate", [credential], requester)
        details = {
            "action": "rotate",
            **self.newest_secret(credential),
            "others_end_at": ends_at,
        }
        announce(ChangedEvent, credential, requester, new_secret=True, details=details)
        return issued

    def issue(
        self,
        site: SiteContext,
        requester: Requester,
        options: Mapping[str, Any],
        now: float,
        idempotency_key: str,
        *,
        material: Mapping[str, Any] | None = None,
        owner: str | InvalidInput = "",
    ) -> Any:
        """Issue a credential.

        :param options: values by name; those that are left out have their defaults
        :param idempotency_key: a random string for this one form, so that a form sent
            twice cannot issue two
        :param material: what the kind asks for besides
        :param owner: user id of who will own it; the requester if it is empty
        :returns: IIssued, with the only copy of the secret
        :raises NotAllowed: when that may not be, or the form was used
        :raises InvalidInput: for everything that cannot be used; nothing is stored
        """
        material = Given() if material is None else material
        problems = Problems()
        with problems.collected():
            if isinstance(owner, InvalidInput):
                raise owner
            self.check_may_issue(site, requester, now, owner)
        owner = "" if self.belongs_to_site else str(owner or requester.user_id)
        decision = Decision(
            site=site, requester=requester, kind=self, owner=owner, now=now, made_at=now
        )
        with problems.collected():
            accepted = accepted_options(decision, options)
        with problems.collected():
            prepared = self.prepared(decision, material, options)
        problems.check()
        source = self.id_source(decision, material, idempotency_key)
        credential_id = identifier(self.id_prefix, owner, source)
        if site.storage.credential(credential_id) is not None:
            raise AlreadyIssued(self)
        issued = self.make(
            site,
            prepared,
            credential_id=credential_id,
            owner=owner,
            issued_at=now,
            issued_by="" if requester.is_user(owner) else requester.name,
            **accepted,
        )
        details = {}
        if requester.credential_id:
            issued.credential.made_with = requester.credential_id
            details["made_with"] = requester.credential_id
        # An add-on need not bring a store of its own.
        site.storage.add_missing([(self.name, Credentials)])
        site.storage[self.name].add(issued.credential)
        forget_ended(site, now)
        note("issue", [issued.credential], requester)
        announce(
            IssuedEvent, issued.credential, requester, new_secret=True, details=details
        )
        return issued


class SiteKind(CredentialKind):
    """What suits kinds that belong to the site: administrators manage them."""

    #: The class of what is stored.
    stored: type[Credential]
    made_by = "administrator"
    belongs_to_site = True
    manage_own = MANAGE_APPLICATIONS
    manage_all = MANAGE_APPLICATIONS
    page = "tokenauth-controlpanel"

    def make(self, site: SiteContext, prepared: Any, **attributes: Any) -> Issued:
        made_at = attributes["issued_at"]
        credential = self.stored(**attributes)
        return self.renew(site, credential, prepared, made_at, made_at)

    def newest_secret(self, credential: Any) -> dict[str, Any]:
        made = [
            each for name in self.secret_fields for each in getattr(credential, name)
        ]
        return {"kid": made[-1].kid} if made else {}

    def permission_to_widen(self, credential: Any) -> str:
        return self.manage_own
