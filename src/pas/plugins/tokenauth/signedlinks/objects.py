"""The objects that links lead to."""

from ..site.context import SiteContext
from .interfaces import DOWNLOAD
from .interfaces import VIEW
from plone.namedfile.interfaces import INamed
from plone.registry.interfaces import IRegistry
from plone.rfc822.interfaces import IPrimaryFieldInfo
from plone.uuid.interfaces import IUUID
from Products.CMFCore.interfaces import IContentish
from Products.CMFCore.interfaces import ISiteRoot
from typing import Any
from zope.component import getUtility


def uid_of(obj: Any) -> str:
    """The UID of content; empty for the site root, which is shown to nobody by link."""
    if ISiteRoot.providedBy(obj) or not IContentish.providedBy(obj):
        return ""
    return IUUID(obj, None) or ""


def object_of(site: SiteContext, uid: str) -> Any:
    """The object with this UID, whoever asks; None where there is none."""
    found = site.portal.portal_catalog.unrestrictedSearchResults(UID=uid)
    for brain in found:
        try:
            obj = brain._unrestrictedGetObject()
        except (AttributeError, KeyError):
            # The catalog knows what is not there any more.
            continue
        if uid_of(obj) == uid:
            return obj
    return None


def named_object(site: SiteContext, name: str) -> Any:
    """The object with this UID, or at this path below the site; None if there is none.

    :param name: a path begins with a slash
    """
    if not name.startswith("/"):
        return object_of(site, name) if name else None
    obj = site.portal
    for step in filter(None, name.split("/")):
        obj = obj._getOb(step, None) if hasattr(obj, "_getOb") else None
        if obj is None:
            return None
    return obj if uid_of(obj) else None


def has_file(obj: Any) -> bool:
    """Whether the main thing about an object is a file, which can be downloaded."""
    try:
        info = IPrimaryFieldInfo(obj, None)
    except TypeError:
        # Of several primary fields, none is.
        return False
    return info is not None and INamed.providedBy(info.value)


def usual_action(obj: Any) -> str:
    """What a link to an object is for, if nobody says."""
    return DOWNLOAD if has_file(obj) else VIEW


def page_url(obj: Any) -> str:
    """The URL at which an object shows itself."""
    url: str = obj.absolute_url()
    with_view = getUtility(IRegistry).get("plone.types_use_view_action_in_listings", ())
    return f"{url}/view" if obj.portal_type in with_view else url
