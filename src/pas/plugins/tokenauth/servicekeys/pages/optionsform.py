"""The part of a form that asks for the options of a service key."""

from ...core.scopes import READ
from ...credentials.options import offers_impersonation
from ...credentials.options import ServiceKeyOptions
from ...credentials.pages.fields import Field
from ...credentials.pages.optionsform import OptionsForm
from ...i18n import _
from ...site.context import SiteContext
from ...site.requester import Requester
from collections.abc import Callable


class KeyOptionsForm(OptionsForm):
    """Asks for the options, at issue and later."""

    def options(self) -> ServiceKeyOptions:
        return ServiceKeyOptions(
            **self.common_limits(),
            may_impersonate=bool(self.text("may_impersonate")),
            require_jti=bool(self.text("require_jti")),
        )

    def proposed_scopes(self) -> tuple[str, ...]:
        return (READ,)

    def limit_fields(self) -> list[Field]:
        """The fields for the options, the switches last."""
        fields = super().limit_fields()
        if self._offers("may_impersonate", offers_impersonation):
            fields.append(self._may_impersonate())
        return [*fields, self._require_jti()]

    def _offers(
        self, name: str, offered: Callable[[SiteContext, Requester, str], bool]
    ) -> bool:
        # A switch that is on stays in sight, so that saving does not turn it off.
        if self.initial().get(name):
            return True
        owner = self.owner or self.requester.user_id
        return not self.is_locked and offered(self.site, self.requester, owner)

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
