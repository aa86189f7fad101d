"""The ZCML directives: of a kind of credential, an endpoint, a section of settings."""

from .credentials.interfaces import ICredentialKind
from .credentials.pages.confirm import DisableCredentials
from .credentials.pages.confirm import EnableCredentials
from .credentials.pages.confirm import RevokeCredentials
from .credentials.pages.endsecret import EndSecret
from .credentials.pages.form import EditCredential
from .credentials.pages.form import IssueCredential
from .credentials.pages.overview import CredentialsOverview
from .credentials.pages.places import IPlace
from .credentials.pages.places import OwnPlace
from .credentials.pages.rotate import RotateCredential
from .credentials.rest.verbs import CredentialsDelete
from .credentials.rest.verbs import CredentialsGet
from .credentials.rest.verbs import CredentialsPatch
from .credentials.rest.verbs import CredentialsPost
from .layer import ITokenAuthLayer
from .site.interfaces import ISettingsSection
from .site.sections import declare_settings
from .usage.csv import CredentialLogsCSV
from .usage.page import CredentialLogs
from .web.interfaces import IRequestPreparation
from plone.base.interfaces import INavigationRoot
from plone.base.interfaces import IPloneSiteRoot
from plone.rest.zcml import serviceDirective
from Products.Five.browser.metaconfigure import page
from typing import Any
from zope.component.zcml import utility
from zope.configuration.fields import GlobalObject
from zope.interface import Interface
from zope.schema import TextLine
from zope.security.zcml import Permission


_PAGES = {
    "": CredentialsOverview,
    "-csv": CredentialsOverview,
    "-issue": IssueCredential,
    "-edit": EditCredential,
    "-disable": DisableCredentials,
    "-enable": EnableCredentials,
    "-revoke": RevokeCredentials,
    "-logs": CredentialLogs,
    "-logs-csv": CredentialLogsCSV,
}
_SERVICES = {
    "GET": CredentialsGet,
    "POST": CredentialsPost,
    "PATCH": CredentialsPatch,
    "DELETE": CredentialsDelete,
}


class ICredentialKindDirective(Interface):
    """Registers a kind of credential with its pages and REST services."""

    component = GlobalObject(title="Kind", description="An ICredentialKind.")
    permission = Permission(
        title="Permission", description="To have some of one's own."
    )


def credential_kind(context: Any, component: Any, permission: str) -> None:
    """See ICredentialKindDirective."""
    utility(context, ICredentialKind, component=component, name=component.name)
    if component.made_by not in ("administrator", "itself"):
        utility(context, IPlace, component=OwnPlace(component), name=component.page)
        # The site is a navigation root too.
        pages = dict(_PAGES)
        if component.made_by != "form":
            del pages["-issue"]
        if component.rotation is not None:
            pages["-rotate"] = RotateCredential
        if component.secret_fields:
            pages["-end-secret"] = EndSecret
        for suffix, view in pages.items():
            page(
                context,
                name=f"{component.page}{suffix}",
                permission=permission,
                for_=INavigationRoot,
                layer=ITokenAuthLayer,
                class_=view,
            )
    if component.issue_page:
        page(
            context,
            name=component.issue_page,
            permission=permission,
            for_=IPloneSiteRoot,
            layer=ITokenAuthLayer,
            class_=IssueCredential,
        )
    # Owners and administrators have no permission in common, and the service layer
    # knows who may do what. So whoever sees the site gets as far as to it.
    for method, service in _SERVICES.items():
        serviceDirective(
            context,
            method,
            "application/json",
            type(service.__name__, (service,), {"kind": component}),
            for_=IPloneSiteRoot,
            permission="zope2.View",
            layer=ITokenAuthLayer,
            name=component.endpoint,
        )


class IEndpointDirective(Interface):
    """Registers a view of the site for everybody, and what prepares its requests."""

    name = TextLine(title="Name")
    class_ = GlobalObject(title="Class", description="The view.")
    prepare = GlobalObject(
        title="Preparation", description="An IRequestPreparation, before Zope reads."
    )


def endpoint(context: Any, name: str, class_: Any, prepare: Any) -> None:
    """See IEndpointDirective."""
    utility(context, IRequestPreparation, component=prepare, name=name)
    page(
        context,
        name=name,
        permission="zope.Public",
        for_=IPloneSiteRoot,
        layer=ITokenAuthLayer,
        class_=class_,
    )


class ISettingsSectionDirective(Interface):
    """Registers a section of the settings."""

    component = GlobalObject(title="Section", description="An ISettingsSection.")


def settings_section(context: Any, component: Any) -> None:
    """See ISettingsSectionDirective."""
    name = component.schema.__identifier__
    utility(context, ISettingsSection, component=component, name=name)
    context.action(discriminator=None, callable=declare_settings, args=(component,))
