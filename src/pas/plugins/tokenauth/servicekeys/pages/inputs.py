"""The inputs for a key pair: made by the site, or a public key from the visitor."""

from ...core.keys import EDDSA
from ...core.keys import ES256
from ...core.keys import PS256
from ...core.keys import RS256
from ...credentials.fields import PublicKeyText
from ...credentials.pages.fields import Choice
from ...credentials.pages.fields import Field
from ...credentials.pages.inputs import Input
from ...credentials.pages.inputs import PastedInput
from ...credentials.pages.interfaces import ICredentialForm
from ...i18n import _
from ...site.errors import InvalidInput
from ..fields import Algorithm
from ..fields import Name
from ..keymaterial import default_algorithm
from zope.component import adapter


SITE = "site"
UPLOAD = "upload"

ALGORITHMS = {
    RS256: _("RS256 (RSA): works with every client"),
    PS256: _("PS256 (RSA)"),
    ES256: _("ES256 (P-256): for modern clients"),
    EDDSA: _("EdDSA (Ed25519): for modern clients"),
}


@adapter(Algorithm, ICredentialForm)
class AlgorithmInput(Input):
    """Where the key pair comes from, and its algorithm if the site makes it."""

    def elements(self) -> list[Field]:
        names = self._algorithms()
        proposed = default_algorithm(self.form.site.settings)
        if self.before in names:
            proposed = self.before
        return [
            self.element(
                "choice",
                name="key_source",
                title=_("Key pair"),
                help=_(
                    "With a public key of yours, the private key never leaves the place"
                    " where the program runs."
                ),
                value=_source(self),
                choices=(
                    Choice(
                        value=SITE,
                        title=_("The site makes it, and shows the private key once"),
                    ),
                    Choice(value=UPLOAD, title=_("I'll upload my own public key")),
                ),
            ),
            self.element(
                "choice",
                value=self.form.text(self.name) or proposed,
                choices=tuple(
                    Choice(value=name, title=ALGORITHMS[name]) for name in names
                ),
            ),
        ]

    def value(self) -> str:
        if _source(self) == UPLOAD:
            return ""
        if _source(self) != SITE:
            raise InvalidInput(
                "key_source", _("Please choose where the key pair comes from.")
            )
        return self.form.text(self.name) or self.elements()[1].value

    def place_of(self, name: str) -> str | None:
        if name == "key_source":
            return name
        return None if _source(self) == UPLOAD else super().place_of(name)

    def _algorithms(self) -> list[str]:
        """What a key pair of the site can be for; of the two for RSA only one."""
        settings = self.form.site.settings
        return [
            name
            for name in ALGORITHMS
            if name in settings.allowed_algorithms
            and (name != PS256 or name == default_algorithm(settings))
        ]


@adapter(PublicKeyText, ICredentialForm)
class PublicKeyInput(PastedInput):
    """The public key of a key pair that is not made here."""

    def value(self) -> str:
        if _source(self) != UPLOAD:
            return ""
        if not self.pasted.strip():
            raise InvalidInput(self.name, _("Please paste the public key."))
        return self.pasted

    def place_of(self, name: str) -> str | None:
        if name == "algorithm" and _source(self) == UPLOAD:
            return self.name
        return super().place_of(name)


@adapter(Name, ICredentialForm)
class NameInput(Input):
    """Nothing: names are for programs."""

    is_offered = False

    def value(self) -> str:
        return ""


def _source(shown: Input) -> str:
    return shown.form.text("key_source") or SITE
