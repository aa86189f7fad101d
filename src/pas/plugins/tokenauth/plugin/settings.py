"""The settings as attributes of the plugin, validated when they are set."""

from ..site.fields import fields_of
from ..site.interfaces import IFormerTokenEndpoint
from ..site.interfaces import ITokenAuthSettings
from ..site.issuer import FormerTokenEndpoint
from zope.interface import classImplements
from zope.interface import implementer
from zope.schema.fieldproperty import FieldProperty


# The contract stands in the site layer, which the module of the class must not import.
classImplements(FormerTokenEndpoint, IFormerTokenEndpoint)


@implementer(ITokenAuthSettings)
class TokenAuthSettings:  # type: ignore[misc]
    """See ITokenAuthSettings."""


for _name, _field in fields_of(ITokenAuthSettings).items():
    setattr(TokenAuthSettings, _name, FieldProperty(_field))
