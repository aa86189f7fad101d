"""The inputs for the options of an application."""

from ...credentials.pages.fields import Choice
from ...credentials.pages.fields import Field
from ...credentials.pages.form import user_id_of
from ...credentials.pages.inputs import Input
from ...credentials.pages.inputs import PastedInput
from ...credentials.pages.interfaces import ICredentialForm
from ...credentials.scopes import is_administrative_scope
from ...credentials.scopes import known_scopes
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
class ApplicationKeyInput(PastedInput):
    """The public key of an application."""
