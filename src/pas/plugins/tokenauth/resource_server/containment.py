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


def containing_content(obj: Any) -> Any:
    """The content that an object is or belongs to, which may be the site root.

    A view, a method, a comment, a field's value or an occurrence of a recurring event
    belongs to the content around it. A tool belongs to none, with all that it contains.

    :return: the content, or None where there is none
    """
    found = _nearest(obj)
    # The site root of Plone is content as well, that of CMF alone is not.
    if ISiteRoot.providedBy(found) or IContentish.providedBy(found):
        return found
    return None


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
