"""The settings as attributes of the plugin, validated when they are set."""

from ..site.interfaces import IFormerTokenEndpoint
from ..site.interfaces import ITokenAuthSettings
from ..site.issuer import FormerTokenEndpoint
from zope.interface import classImplements
from zope.interface import implementer
from zope.schema.fieldproperty import FieldProperty


# The contract is in `site`, which the module of the class must not import.
classImplements(FormerTokenEndpoint, IFormerTokenEndpoint)


@implementer(ITokenAuthSettings)
class TokenAuthSettings:
    """See ITokenAuthSettings."""

    issuer = FieldProperty(ITokenAuthSettings["issuer"])
    access_token_lifetime = FieldProperty(ITokenAuthSettings["access_token_lifetime"])
    grant_lifetime = FieldProperty(ITokenAuthSettings["grant_lifetime"])
    leeway = FieldProperty(ITokenAuthSettings["leeway"])
    usage_log_retention = FieldProperty(ITokenAuthSettings["usage_log_retention"])
    usage_recording_interval = FieldProperty(
        ITokenAuthSettings["usage_recording_interval"]
    )
    revoked_key_retention = FieldProperty(ITokenAuthSettings["revoked_key_retention"])
    max_key_lifetime = FieldProperty(ITokenAuthSettings["max_key_lifetime"])
    max_keys_per_user = FieldProperty(ITokenAuthSettings["max_keys_per_user"])
    max_personal_access_token_lifetime = FieldProperty(
        ITokenAuthSettings["max_personal_access_token_lifetime"]
    )
    personal_access_tokens_may_never_end = FieldProperty(
        ITokenAuthSettings["personal_access_tokens_may_never_end"]
    )
    max_personal_access_tokens_per_user = FieldProperty(
        ITokenAuthSettings["max_personal_access_tokens_per_user"]
    )
    personal_access_tokens_as_passwords = FieldProperty(
        ITokenAuthSettings["personal_access_tokens_as_passwords"]
    )
    require_ip_ranges = FieldProperty(ITokenAuthSettings["require_ip_ranges"])
    allow_admin_scopes = FieldProperty(ITokenAuthSettings["allow_admin_scopes"])
    allowed_algorithms = FieldProperty(ITokenAuthSettings["allowed_algorithms"])
    accept_token_endpoint_audience = FieldProperty(
        ITokenAuthSettings["accept_token_endpoint_audience"]
    )
    former_token_endpoints = FieldProperty(ITokenAuthSettings["former_token_endpoints"])
