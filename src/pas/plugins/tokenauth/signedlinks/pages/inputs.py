"""The password of a link in a form."""

from ...credentials.pages.fields import Field
from ...credentials.pages.inputs import Input
from ...credentials.pages.interfaces import ICredentialForm
from ...i18n import _
from ..fields import LinkPassword
from zope.component import adapter


@adapter(LinkPassword, ICredentialForm)
class PasswordInput(Input):
    """What the visitor types, which no page shows again."""

    def elements(self) -> list[Field]:
        hint = _("Please type it again: it is not kept.") if self._typed else ""
        is_required = self.form.site.settings.require_signed_link_password
        return [self.element("text", value="", hint=hint, required=is_required)]

    def value(self) -> str:
        return self._typed

    @property
    def _typed(self) -> str:
        return self.form.taken[self.name]
