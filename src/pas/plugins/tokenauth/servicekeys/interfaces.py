"""The options of a service key, and what is asked for its key pair."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import PublicKeyText
from ..credentials.fields import Scopes
from ..credentials.fields import Switch
from ..credentials.fields import Title
from ..credentials.interfaces import IMaterial
from ..credentials.interfaces import IOptions
from ..i18n import _
from ..permissions import IMPERSONATE_USER
from .fields import Algorithm
from .fields import Name


class IServiceKeyOptions(IOptions):
    """The options of a service key, at issue and later."""

    title = Title()
    ip_ranges = IPRanges()
    expires_at = Expiry(
        limited=_(
            "By this site's policy, a key expires at most ${days} days after its key"
            " pair was made. Rotating the key makes a new pair."
        ),
        never_warning=_(
            "Not recommended: whoever finds the keyfile in an old backup can use it,"
            " years from now. You can postpone the expiry, and rotate the key, at any"
            " time."
        ),
    )
    scopes = Scopes()
    may_impersonate = Switch(
        title=_("May impersonate"),
        description=_(
            "The program may act as other users of this site, but never as one"
            " with an administrator's role that the owner of the key lacks."
        ),
        permission=IMPERSONATE_USER,
        sentence=_("The program may act as other users of the site."),
    )
    require_jti = Switch(
        title=_("Require jti"),
        description=_(
            "Every grant must carry an identifier (jti) that is used only once, so"
            " that an intercepted grant is worthless. Not every client can do"
            " this; google-auth cannot."
        ),
        protects=True,
    )


class IKeyMaterial(IMaterial):
    """Where the key pair of a service key comes from: the site, or the client."""

    algorithm = Algorithm(
        title=_("Algorithm"),
        description=_("With which the program signs. google-auth knows only RS256."),
    )
    public_key = PublicKeyText(
        title=_("Public key"),
        description=_(
            "PEM, JWK or a line of OpenSSH (ssh-ed25519, ecdsa-sha2-nistp256,"
            " ssh-rsa). Never paste a private key here, or anywhere else."
        ),
    )


class IServiceKeyMaterial(IKeyMaterial):
    """What is asked besides the options when a service key is issued."""

    name = Name(title=_("Name"))
