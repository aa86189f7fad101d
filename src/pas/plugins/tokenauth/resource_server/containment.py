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
    _found, place = _nearest(obj)
    return place


def content_of(obj: Any) -> Any:
    """The content that an object is or belongs to, None for the site root and tools."""
    found, place = _nearest(obj)
    return found if place is Place.CONTENT else None


def _nearest(obj: Any) -> tuple[Any, Place]:
    """The nearest site root, content or other stored item, by containment."""
    while obj is not None:
        obj = aq_inner(obj)
        base = aq_base(obj)
        # To ask a site or content what it provides takes a while.
        if ISiteRoot.providedBy(base):
            return obj, Place.ROOT
        if IContentish.providedBy(base):
            return obj, Place.CONTENT
        # An item that is not stored is made for this request: an occurrence of an
        # event, a script from the file system.
        if IItem.providedBy(base) and getattr(base, "_p_jar", None) is not None:
            return obj, Place.TOOL
        # A bound method belongs to its object.
        bound_to = getattr(base, "__self__", None)
        obj = aq_parent(obj) if bound_to is None else bound_to
    return None, Place.ROOT
