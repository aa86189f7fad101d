"""The inputs for the options of an application."""

from ...credentials.fields import PublicKeyText
from ...credentials.pages.fields import Choice
from ...credentials.pages.fields import Field
from ...credentials.pages.form import user_id_of
from ...credentials.pages.inputs import Input
from ...credentials.pages.interfaces import ICredentialForm
from ...credentials.scopes import is_administrative_scope
from ...credentials.scopes import known_scopes
from ...i18n import _
from ...permissions import ISSUE_KEYS_FOR_OTHERS
from ..fields import ApplicationKey
from ..fields import DefaultScopes
from ..fields import RunsAs
from zope.component import adapter


@adapter(DefaultScopes, ICredentialForm)
class DefaultScopesInput(Input):
    """A box for each scope; what administers is nothing to get without asking."""

    def elements(self) -> list[Field]:
        offered = {
            name: scope
            for name, scope in known_scopes().items()
            if name in self.before or not is_administrative_scope(scope)
        }
        choices = [
            Choice(value=name, title=offered[name].title) for name in sorted(offered)
        ]
        chosen = self.value() if self.form.is_sent else tuple(self.before)
        return [self.element("choices", choices=tuple(choices), chosen=chosen)]

    def value(self) -> tuple[str, ...]:
        return tuple(self.form.texts(self.name))


@adapter(RunsAs, ICredentialForm)
class RunsAsInput(Input):
    """A user of the site, by user id or login name, for who may issue keys for them."""

    @property
    def is_offered(self) -> bool:
        return self.form.decision.requester.may(ISSUE_KEYS_FOR_OTHERS)

    def value(self) -> str:
        if not self.is_offered:
            return str(self.before)
        return user_id_of(self.form.site, self.form.text(self.name).strip())


@adapter(ApplicationKey, ICredentialForm)
class ApplicationKeyInput(Input):
    """What the visitor pastes, which no page shows again."""

    field: PublicKeyText

    def elements(self) -> list[Field]:
        hint = _("Please paste it again: it is not kept.")
        return [self.element("block", value="", hint=hint if self._pasted else "")]

    def value(self) -> str:
        return self._pasted

    @property
    def _pasted(self) -> str:
        return self.form.taken[self.name]
