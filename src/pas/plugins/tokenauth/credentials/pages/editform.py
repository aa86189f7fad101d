"""What the forms that change a credential have in common."""

from ...i18n import _
from ..policies import latest_expiry
from ..policies import may_never_end
from ..scopes import granted_scopes
from ..scopes import IScope
from ..service import change_credential
from .expiry import Expiry
from .fields import Field
from .oneform import OneCredentialForm
from .optionsform import OptionsForm
from functools import cached_property


class EditForm(OneCredentialForm, OptionsForm):
    """Changes the options."""

    page = "edit"
    submit_label = _("Save")

    def description(self) -> str:
        return self.appearance.locked(self.owner) if self.is_locked else ""

    @property
    def owner(self) -> str:
        owner: str = self.credential.owner
        return owner

    @property
    def is_locked(self) -> bool:
        return not self.widens(self.credential)

    def save(self) -> str:
        change_credential(
            self.site, self.requester, self.credential_id, self.options(), self.now
        )
        return self.go_to_list(_("Your changes are saved and in force."))

    def initial(self) -> dict[str, str]:
        return {
            **super().initial(),
            "title": self.credential.title,
            "ip_ranges": self.credential.ip_ranges,
        }

    def proposed_scopes(self) -> tuple[str, ...]:
        scopes: tuple[str, ...] = self.credential.scopes
        return scopes

    def offered_scopes(self) -> dict[str, IScope]:
        offered = super().offered_scopes()
        if not self.is_locked:
            return offered
        granted = granted_scopes(self.credential.scopes)
        return {name: scope for name, scope in offered.items() if name in granted}

    @cached_property
    def expiry(self) -> Expiry:
        settings, credential = self.site.settings, self.credential
        bounds = [latest_expiry(settings, self.kind, credential.secret_made_at)]
        if self.is_locked:
            bounds.append(credential.expires_at)
        return Expiry(
            now=self.now,
            zone=self.timezone,
            texts=self.appearance.expiry,
            latest=min((end for end in bounds if end is not None), default=None),
            may_never_end=may_never_end(settings, self.kind),
            before=credential.expires_at,
            keeps=True,
        )

    def fields(self) -> list[Field]:
        return self.limit_fields()
