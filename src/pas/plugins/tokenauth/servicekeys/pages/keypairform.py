"""The part of a form that asks where the key pair of a key comes from."""

from ...core.keys import EDDSA
from ...core.keys import ES256
from ...core.keys import PS256
from ...core.keys import RS256
from ...credentials.pages.fields import Choice
from ...credentials.pages.fields import Field
from ...credentials.pages.form import CredentialForm
from ...credentials.policies import default_algorithm
from ...i18n import _
from ...site.errors import InvalidInput
from ..keymaterial import KeyMaterial
from dataclasses import replace


SITE = "site"
UPLOAD = "upload"

ALGORITHMS = {
    RS256: _("RS256 (RSA): works with every client"),
    PS256: _("PS256 (RSA)"),
    ES256: _("ES256 (P-256): for modern clients"),
    EDDSA: _("EdDSA (Ed25519): for modern clients"),
}


class KeyPairForm(CredentialForm):
    """Asks for a key pair: made by the site, or a public key from the visitor.

    Somebody may paste a private key instead. So what is pasted leaves the request at
    once: nothing that shows or logs a request has it, and no page shows it again.
    """

    _public_key = ""

    def __call__(self) -> str:
        self._public_key = self.text("public_key")
        self.request.form.pop("public_key", None)
        self.request.other.pop("public_key", None)
        return super().__call__()

    def initial(self) -> dict[str, str]:
        return {
            **super().initial(),
            "key_source": SITE,
            "algorithm": default_algorithm(self.site.settings),
        }

    def material(self) -> KeyMaterial:
        """What was chosen, not checked yet.

        :raises InvalidInput: when there is no choice, or no public key
        """
        source = self.chosen("key_source")
        if source == SITE:
            return KeyMaterial(algorithm=self.chosen("algorithm"))
        if source != UPLOAD:
            raise InvalidInput(
                "key_source", _("Please choose where the key pair comes from.")
            )
        if not self._public_key.strip():
            raise InvalidInput("public_key", _("Please paste the public key."))
        return KeyMaterial(public_key=self._public_key)

    def place_of(self, problem: InvalidInput) -> str:
        if problem.field == "algorithm" and self.chosen("key_source") == UPLOAD:
            return "public_key"
        return super().place_of(problem)

    def key_pair_fields(self) -> list[Field]:
        """Where the pair comes from, and what there is to say about it then."""
        return [self._key_source(), self._algorithm(), self._public_key_field()]

    def algorithms(self) -> list[str]:
        """What a key pair of the site can be for; of the two for RSA only one."""
        settings = self.site.settings
        return [
            name
            for name in ALGORITHMS
            if name in settings.allowed_algorithms
            and (name != PS256 or name == default_algorithm(settings))
        ]

    def _key_source(self) -> Field:
        return self.field(
            "key_source",
            "choice",
            title=_("Key pair"),
            help=_(
                "With a public key of yours, the private key never leaves the place"
                " where the program runs."
            ),
            value=self.chosen("key_source"),
            choices=(
                Choice(
                    value=SITE,
                    title=_("The site makes it, and shows the private key once"),
                ),
                Choice(value=UPLOAD, title=_("I have one, and give the public key")),
            ),
        )

    def _algorithm(self) -> Field:
        names = self.algorithms()
        return self.field(
            "algorithm",
            "choice",
            title=_("Algorithm"),
            help=_("With which the program signs. google-auth knows only RS256."),
            value=self.chosen("algorithm"),
            choices=tuple(Choice(value=name, title=ALGORITHMS[name]) for name in names),
        )

    def _public_key_field(self) -> Field:
        field = self.field(
            "public_key",
            "block",
            title=_("Public key"),
            help=_(
                "PEM, JWK or a line of OpenSSH (ssh-ed25519, ecdsa-sha2-nistp256,"
                " ssh-rsa). Never paste a private key here, or anywhere else."
            ),
            value="",
        )
        if not self._public_key or field.error:
            return field
        return replace(field, hint=_("Please paste it again: it is not kept."))
