"""The options of an application, and what is asked for its key."""

from ..core.keys import EDDSA
from ..core.keys import ES256
from ..core.keys import RS256
from ..core.scopes import READ
from ..credentials.fields import Expiry
from ..credentials.fields import Groups
from ..credentials.fields import IPRanges
from ..credentials.fields import Lines
from ..credentials.fields import Scopes
from ..credentials.fields import Switch
from ..credentials.fields import Title
from ..credentials.fields import vocabulary_of
from ..credentials.interfaces import FieldGroup
from ..credentials.interfaces import GROUPS
from ..credentials.interfaces import IMaterial
from ..credentials.interfaces import IOptions
from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from .fields import ApplicationKey
from .fields import Authentication
from .fields import AUTHENTICATIONS
from .fields import CLIENT_SECRET
from .fields import DefaultScopes
from .fields import LogoutURI
from .fields import ResourceScopes
from .fields import ResourceURL
from .fields import RunsAs
from .fields import SUBJECT_TYPES
from zope import schema
from zope.interface import taggedValue


class IApplicationOptions(IOptions):
    """The options of an application, when it is registered and later."""

    taggedValue(
        GROUPS,
        (
            FieldGroup(
                title=_("More about signing people in"),
                names=(
                    "allowed_schemes",
                    "default_scopes",
                    "is_first_party",
                    "requires_pkce",
                    "uses_device_codes",
                ),
            ),
            FieldGroup(
                title=_("OpenID Connect and logging out"),
                names=(
                    "post_logout_redirect_uris",
                    "backchannel_logout_uri",
                    "frontchannel_logout_uri",
                    "id_token_signed_response_alg",
                    "subject_type",
                    "claims_in_id_token",
                ),
            ),
            FieldGroup(
                title=_("A resource beside the site"),
                names=("resource", "resource_scopes", "is_open", "may_exchange"),
            ),
            FieldGroup(
                title=_("Older OAuth 2.0 applications"),
                names=("uses_passwords", "uses_implicit_grant"),
            ),
        ),
    )

    title = Title(
        description=_("What people read who let the application act for them.")
    )
    authentication = Authentication(
        vocabulary=vocabulary_of(AUTHENTICATIONS),
        default=CLIENT_SECRET,
        title=_("How the application authenticates itself"),
        description=_(
            "A secret or key can be rotated later, without any loss of access."
        ),
    )
    redirect_uris = Lines(
        argument="redirect_uri",
        title=_("Redirect URIs"),
        description=_(
            "Where people are sent back to, one on each line, at most 20. They are"
            " compared as they are, to the last character. An application without a"
            " secret or key on the person's own computer (http://127.0.0.1,"
            " http://localhost) can use any port. Leave it empty if nobody signs in."
        ),
        max_length=20,
    )
    scopes = Scopes(
        title=_("What the application may do at most"),
        description=_(
            "Never more than the user may do as whom it acts. Changes apply at once."
        ),
    )
    groups = Groups(
        description=_(
            "Ids of groups, one on each line: only their members can let the"
            " application act for them. Leave it empty for everybody."
        ),
    )
    stays_signed_in = Switch(
        title=_("Keeps signed in"),
        description=_(
            "The application gets refresh tokens, whether it asks for them or not."
        ),
    )
    runs_as = RunsAs(
        title=_("Runs as"),
        description=_(
            "The user id or the exact login name of the user as whom the application"
            " acts by itself, with the grant client_credentials. Leave it empty if it"
            " only acts for people who sign in."
        ),
    )
    ip_ranges = IPRanges(
        description=_(
            "Where the application's own requests for tokens come from: addresses and"
            " networks, separated by commas, for instance 192.0.2.7, 2001:db8::/32."
            " Leave it empty for anywhere."
        ),
        required_description=_(
            "Where the application's own requests for tokens come from: addresses and"
            " networks, separated by commas, for instance 192.0.2.7, 2001:db8::/32. By"
            " the policy of this site every application needs them."
        ),
    )
    expires_at = Expiry(
        description=_("The application and its tokens stop working then."),
        never_warning=_("Revoke the application when nobody uses it any more."),
        preferred_days=None,
    )
    allowed_schemes = Lines(
        argument="allow_scheme",
        title=_("Allowed schemes"),
        description=_(
            "A scheme without a dot, like cursor, can be claimed by any program on the"
            " computer. Name here, one on each line, those that the redirect URIs may"
            " have all the same."
        ),
        max_length=5,
    )
    default_scopes = DefaultScopes(
        title=_("What it gets where it asks for nothing in particular"),
        description=_("With none of these, it must say what it needs."),
        default=(READ,),
    )
    is_first_party = Switch(
        title=_("First party"),
        description=_(
            "The application is the site's own: people who sign in are not asked"
            " whether it may act for them."
        ),
        permission=ISSUE_KEYS_FOR_OTHERS,
        sentence=_("People are not asked whether the application may act for them."),
    )
    requires_pkce = Switch(
        title=_("Require PKCE"),
        description=_(
            "A stolen authorization code is worthless then. Applications without a"
            " secret or key always need it; not every other one can do this."
        ),
        protects=True,
    )
    uses_device_codes = Switch(
        title=_("On devices without a browser"),
        description=_(
            "The application shows a code that people enter here with their own"
            " browser. Attackers can send such a code to others, so leave this off"
            " unless the application needs it. The site has to allow it, too."
        ),
        sentence=_("Works on devices without a browser, which show a code."),
    )
    post_logout_redirect_uris = Lines(
        argument="post_logout_redirect_uri",
        title=_("URIs after logging out"),
        description=_(
            "Where people may be sent back to who log out at the application, one on"
            " each line, at most 20. They are compared as they are."
        ),
        max_length=20,
    )
    backchannel_logout_uri = LogoutURI(
        title=_("Back-channel logout URI"),
        description=_(
            "Where this site tells the application that somebody has logged out here,"
            " from server to server. Leave it empty if it does not want to know."
        ),
    )
    frontchannel_logout_uri = LogoutURI(
        title=_("Front-channel logout URI"),
        description=_(
            "For an application that only the browser of a person can tell. It is less"
            " reliable: browsers that keep cookies from frames of other sites tell it"
            " nothing."
        ),
    )
    id_token_signed_response_alg = schema.Choice(
        values=(RS256, ES256, EDDSA),
        default=RS256,
        title=_("Algorithm of ID tokens"),
        description=_("Every application can verify RS256, not every one the others."),
    )
    subject_type = schema.Choice(
        vocabulary=vocabulary_of(SUBJECT_TYPES),
        default="public",
        title=_("How the application knows people"),
        description=_(
            "A change makes everybody somebody new for the application, so decide it"
            " before the first person logs in."
        ),
    )
    claims_in_id_token = Switch(
        title=_("Data in the ID token"),
        description=_(
            "What the application learns about a person is in the ID token too, for an"
            " application that never asks at UserInfo."
        ),
    )
    resource = ResourceURL(
        title=_("Resource"),
        description=_(
            "The URL of an API or a server of MCP beside this site, if people are to"
            " let others use that: tokens for it are worth nothing here, and this"
            " application asks what they are worth. It begins with https. Leave it"
            " empty for any other application."
        ),
    )
    resource_scopes = ResourceScopes(
        title=_("Scopes of the resource"),
        description=_(
            "What programs can ask for there, one on each line, at most 50: a name, a"
            " space and the sentence that people read, such as: notes.read See your"
            " notes."
        ),
        max_length=50,
    )
    is_open = Switch(
        title=_("Resource for applications that registered themselves"),
        description=_("They can be allowed the scopes of the resource, too."),
        sentence=_("Applications that registered themselves can use the resource."),
    )
    may_exchange = Switch(
        title=_("Exchanges tokens"),
        description=_(
            "The application can exchange a token that it gets as a resource for one of"
            " this site. It acts here as the person then, with what they have allowed,"
            " and with no more than it may do at most."
        ),
        sentence=_("Exchanges tokens that it gets for tokens of this site."),
    )
    uses_passwords = Switch(
        title=_("Sends passwords of people"),
        description=_(
            "For an older application that asks people for their password itself, and"
            " cannot be changed. It needs a secret or a key of its own. The site has to"
            " allow it, too."
        ),
        permission=ISSUE_KEYS_FOR_OTHERS,
        sentence=_("Sends passwords of people, which it asks for itself."),
    )
    uses_implicit_grant = Switch(
        title=_("Gets tokens in the URL"),
        description=_(
            "For an older application in the browser that uses the implicit grant, and"
            " cannot be changed. Tokens in URLs stay in histories and logs. The site"
            " has to allow it, too."
        ),
        permission=ISSUE_KEYS_FOR_OTHERS,
        sentence=_("Gets tokens in the URL of the browser, without a code."),
    )


class IApplicationMaterial(IMaterial):
    """What is asked besides the options when an application is registered."""

    public_key = ApplicationKey(
        title=_("Public key of the application"),
        description=_(
            "For an application that signs: PEM, JWK or a line of OpenSSH. Never paste"
            " a private key here, or anywhere else."
        ),
    )
