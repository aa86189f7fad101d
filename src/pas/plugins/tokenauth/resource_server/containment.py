"""Which content an object belongs to."""

from .roles import Place
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from OFS.interfaces import IItem
from Products.CMFCore.interfaces import IContentish
from Products.CMFCore.interfaces import ISiteRoot
from typing import Any


def place_of(obj: Any) -> Place:
    """Where an object is: in content, at the site root, or in neither."""
    found = _nearest(obj)
    if found is None or ISiteRoot.providedBy(found):
        return Place.ROOT
    return Place.CONTENT if IContentish.providedBy(found) else Place.TOOL


def content_of(obj: Any) -> Any:
    """The content that an object is or belongs to, None for the site root and tools."""
    found = _nearest(obj)
    if ISiteRoot.providedBy(found) or not IContentish.providedBy(found):
        return None
    return found


def _nearest(obj: Any) -> Any:
    """The nearest site root, content or other stored item, by containment."""
    while obj is not None:
        obj = aq_inner(obj)
        base = aq_base(obj)
        if ISiteRoot.providedBy(base) or IContentish.providedBy(base):
            return obj
        # An item that is not stored is made for this request: an occurrence of an
        # event, a script from the file system.
        if IItem.providedBy(base) and getattr(base, "_p_jar", None) is not None:
            return obj
        # A bound method belongs to its object.
        bound_to = getattr(base, "__self__", None)
        obj = aq_parent(obj) if bound_to is None else bound_to
    return None
