"""The kind *signed link*: a URL that shows one object until a time."""

from ..core.passwords import hash_password
from ..core.passwords import MAX_LENGTH
from ..core.passwords import SALT_BYTES
from ..core.secret import Secret
from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..core.tokens import SIGNED_LINK_PREFIX
from ..credentials.kind import CredentialKind
from ..credentials.kind import Issued
from ..credentials.options import Decision
from ..i18n import _
from ..permissions import MANAGE_ALL_SIGNED_LINKS
from ..permissions import MANAGE_OWN_SIGNED_LINKS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..site.errors import PolicyViolation
from ..site.errors import Problems
from ..storage.signedlinks import SignedLink
from .checks import is_allowed_type
from .checks import is_shareable
from .checks import may_share
from .interfaces import DOWNLOAD
from .interfaces import ISignedLinkMaterial
from .interfaces import ISignedLinkOptions
from .interfaces import VIEW
from .objects import has_file
from .objects import named_object
from .objects import uid_of
from .objects import usual_action
from .texts import TEXTS
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import secrets


#: Name of the page to which links lead.
LINK_PAGE = "link"


class IssuedSignedLink(Issued):
    """A fresh link, with the only copy of its URL."""

    @property
    def url(self) -> str:
        """The link itself."""
        return self.text


class SignedLinkKind(CredentialKind):
    """See ICredentialKind."""

    name = SignedLink.kind
    order = 30
    made_by = "object"
    options = ISignedLinkOptions
    material = ISignedLinkMaterial
    manage_own = MANAGE_OWN_SIGNED_LINKS
    manage_all = MANAGE_ALL_SIGNED_LINKS
    max_lifetime = "max_signed_link_lifetime"
    # They make them by the dozen.
    tells_of_own = False
    page = "manage-signed-links"
    endpoint = "@signed-links"
    id_member = "link_id"
    id_prefix = "lnk-"
    texts = TEXTS

    def check_ready(self, site: SiteContext) -> None:
        if not site.settings.allow_signed_links:
            raise NotAllowed(_("Signed links are switched off in this site."))
        # The Host header of a request says nothing about the public URL.
        if not site.pages_url:
            raise NoIssuer()

    def prepared(
        self,
        decision: Decision,
        material: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> dict[str, str]:
        obj, action, password = None, "", ""
        problems = Problems()
        with problems.collected():
            obj = checked_object(
                decision.site, decision.owner, material.get("object") or ""
            )
        with problems.collected():
            action = _checked_action(obj, material.get("action") or "")
        with problems.collected():
            password = _checked_password(decision.site, material.get("password") or "")
        problems.check()
        return {"uid": uid_of(obj), "action": action, "password": password}

    def make(
        self, site: SiteContext, prepared: Any, **attributes: Any
    ) -> IssuedSignedLink:
        token = make_token(SIGNED_LINK_PREFIX, secrets.token_bytes(RANDOM_BYTES))
        link = SignedLink(digest=digest(token), **prepared, **attributes)
        url = Secret(f"{site.page_url(LINK_PAGE)}/{token}")
        return IssuedSignedLink(credential=link, members={"url": url}, text=url)

    def check_options(self, decision: Decision, accepted: Mapping[str, Any]) -> None:
        ranges = accepted.get("ip_ranges")
        is_required = decision.site.settings.require_signed_link_ip_ranges
        if is_required and ranges == "" != decision.before.get("ip_ranges"):
            raise PolicyViolation(
                "ip_ranges", _("This site's policy requires IP ranges for every link.")
            )

    def details(self, credential: SignedLink) -> dict[str, Any]:
        is_counted = credential.max_uses is not None
        return {
            "object": credential.uid,
            "action": credential.action,
            "has_password": bool(credential.password),
            "made_with": credential.made_with or None,
            "uses": credential.uses.value if is_counted else None,
        }

    def sentences(
        self, credential: SignedLink, now: float, time: Callable[[float], str]
    ) -> Iterator[str]:
        if credential.password:
            yield _("Whoever opens it is asked for a password.")
        if credential.max_uses is not None:
            yield _(
                "It can be used ${count} times.",
                mapping={"count": credential.max_uses},
            )


SIGNED_LINK = SignedLinkKind()


def checked_object(site: SiteContext, owner: str, name: Any) -> Any:
    """The object of this name, which a user can share by link.

    :raises InvalidInput: when there is none
    """
    if isinstance(name, InvalidInput):
        raise name
    obj = named_object(site, name.strip())
    user = site.users.get(owner)
    # Nobody learns of what they do not see.
    if obj is None or user is None or not may_share(site, user, obj):
        raise InvalidInput(
            "object", _("There is no such object that you may share by link.")
        )
    if not is_allowed_type(site, obj):
        raise PolicyViolation(
            "object",
            _(
                "This site's policy does not allow content of this type to be shared"
                " by link."
            ),
        )
    if not is_shareable(obj):
        raise InvalidInput(
            "object",
            _(
                "In its current state, nobody can see this by link: the role Reader"
                " does not see it."
            ),
        )
    return obj


def _checked_action(obj: Any, action: Any) -> str:
    if isinstance(action, InvalidInput):
        raise action
    if obj is None:
        return ""
    action = str(action or usual_action(obj))
    if action not in (DOWNLOAD, VIEW):
        raise InvalidInput("action", _("This must be view or download."))
    if action == DOWNLOAD and not has_file(obj):
        raise InvalidInput("action", _("There is no file to download."))
    return action


def _checked_password(site: SiteContext, password: Any) -> str:
    if isinstance(password, InvalidInput):
        raise password
    password = password.strip()
    if len(password) > MAX_LENGTH:
        raise InvalidInput("password", _("The password is too long."))
    if password:
        return hash_password(password, secrets.token_bytes(SALT_BYTES))
    if site.settings.require_signed_link_password:
        raise PolicyViolation(
            "password", _("This site's policy requires a password for every link.")
        )
    return ""
