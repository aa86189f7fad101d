"""The part of a form that asks what a key may do, and from where."""

from ..i18n import _
from ..usecases.actor import Actor
from ..usecases.limits import offers_impersonation
from ..usecases.limits import offers_user_management
from ..usecases.limits import ServiceKeyLimits
from ..usecases.limits import TITLE_LENGTH
from ..usecases.server import AuthorizationServer
from .expiryform import ExpiryForm
from .fields import Field
from collections.abc import Callable


class LimitsForm(ExpiryForm):
    """Asks for title, IP ranges, expiry and switches, at issue and later."""

    @property
    def owner(self) -> str:
        """User id of who owns the key, or will; empty for the visitor."""
        return ""

    @property
    def is_locked(self) -> bool:
        """Whether the visitor may only tighten what is decided."""
        return False

    def limits(self) -> ServiceKeyLimits:
        """What was typed, for a use case to judge.

        :raises InvalidInput: when the expiry cannot be read
        """
        return ServiceKeyLimits(
            title=self.text("title"),
            ip_ranges=self.text("ip_ranges"),
            expires_at=self.expires_at(),
            may_impersonate=bool(self.text("may_impersonate")),
            may_manage_users=bool(self.text("may_manage_users")),
            require_jti=bool(self.text("require_jti")),
        )

    def limit_fields(self) -> list[Field]:
        """The fields for the limits, the switches last."""
        fields = [self._title(), self._ip_ranges(), *self.expiry_fields()]
        if self._offers("may_impersonate", offers_impersonation):
            fields.append(self._may_impersonate())
        if self._offers("may_manage_users", offers_user_management):
            fields.append(self._may_manage_users())
        return [*fields, self._require_jti()]

    def _offers(
        self, name: str, offered: Callable[[AuthorizationServer, Actor, str], bool]
    ) -> bool:
        # A switch that is on stays in sight, so that saving does not turn it off.
        if self.initial().get(name):
            return True
        owner = self.owner or self.actor.user_id
        return not self.is_locked and offered(self.server, self.actor, owner)

    def _title(self) -> Field:
        return self.field(
            "title",
            "text",
            title=_("Title"),
            help=_(
                "By which you recognise the key, for instance the name of the program"
                " and where it runs."
            ),
            required=True,
            locked=self.is_locked,
            max_length=TITLE_LENGTH,
        )

    def _ip_ranges(self) -> Field:
        address = self.request.getClientAddr()
        return self.field(
            "ip_ranges",
            "text",
            title=_("IP ranges"),
            help=self._ip_ranges_help(),
            hint=_address_hint(address),
            address="" if self.is_locked else address,
            required=self.server.settings.require_ip_ranges,
        )

    def _ip_ranges_help(self) -> str:
        if self.server.settings.require_ip_ranges:
            return _(
                "Where the program may connect from: addresses and networks, separated"
                " by commas, for instance 192.0.2.7, 2001:db8::/32. By the policy of"
                " this site every key needs them. Changes apply at once, also to"
                " access tokens that are in use."
            )
        return _(
            "Where the program may connect from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. Leave it empty for"
            " anywhere. Changes apply at once, also to access tokens that are"
            " in use."
        )

    def _may_impersonate(self) -> Field:
        return self.field(
            "may_impersonate",
            "switch",
            title=_("May impersonate"),
            help=_(
                "The program may act as other users of this site, but never as one"
                " with an administrator's role that the owner of the key lacks."
            ),
        )

    def _may_manage_users(self) -> Field:
        return self.field(
            "may_manage_users",
            "switch",
            title=_("May manage users"),
            help=_(
                "The program may create and change user accounts, groups and roles as"
                " far as the owner of the key may. While this is off, such"
                " requests are refused."
            ),
        )

    def _require_jti(self) -> Field:
        return self.field(
            "require_jti",
            "switch",
            title=_("Require jti"),
            help=_(
                "Every grant must carry an identifier (jti) that is used only once, so"
                " that an intercepted grant is worthless. Not every client can do"
                " this; google-auth cannot."
            ),
            locked=self.is_locked and bool(self.initial().get("require_jti")),
        )


def _address_hint(address: str) -> str:
    if not address:
        return _(
            "The server does not see your address now. If it is the same for the"
            " program, a key with IP ranges is of no use."
        )
    return _(
        "The server sees you at ${address}. Add this address if the program runs"
        " on your computer.",
        mapping={"address": address},
    )
