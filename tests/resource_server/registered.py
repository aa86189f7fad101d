"""What Plone registers that may store something: services and pages."""

from AccessControl.PermissionRole import rolesForPermissionOn
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from plone.app.registry.browser.controlpanel import ControlPanelFormWrapper
from plone.base.interfaces import IPloneSiteRoot
from plone.rest.service import Service
from Products.CMFCore.interfaces import ISiteRoot
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface.interface import InterfaceClass
from zope.publisher.interfaces import IRequest


#: Pages that show something and store nothing, or that only send a mail.
SHOWING = frozenset(Path(__file__).with_name("showing.txt").read_text().split())


@dataclass(frozen=True)
class View:
    """A page of Plone, as it is registered."""

    name: str
    permission: str
    of_root: bool
    factory: type


def registered() -> Iterator[Any]:
    """All adapters of Plone that are classes."""
    registries = [getGlobalSiteManager()]
    while registries:
        registry = registries.pop()
        registries += registry.__bases__
        for each in registry.registeredAdapters():
            bases = getattr(each.factory, "__mro__", ())
            ours = any(base.__module__.startswith("pas.") for base in bases)
            if isinstance(each.factory, type) and not ours:
                yield each


def services() -> set[tuple[str, str]]:
    """Method and name of every service of Plone that is no GET."""
    found = set()
    for each in registered():
        if issubclass(each.factory, Service):
            method, _, name = each.name.partition("_")
            name = name[name.index("@") :] if "@" in name else ""
            found.add((method, name))
    return {(method, name) for method, name in found if method != "GET"}


def views() -> set[View]:
    """Every page of Plone for a browser."""
    return {
        View(
            each.name,
            getattr(getattr(each.factory, "__roles__", None), "__name__", ""),
            each.required[0] in (ISiteRoot, IPloneSiteRoot),
            each.factory,
        )
        for each in registered()
        if each.name
        and len(each.required) == 2
        and isinstance(each.required[1], InterfaceClass)
        and each.required[1].isOrExtends(IRequest)
        and not issubclass(each.factory, Service)
    }


def panels() -> set[str]:
    """The names of the forms that do nothing but change the registry."""
    return {
        view.name
        for view in views()
        if issubclass(view.factory, ControlPanelFormWrapper)
    }


def is_administrative(site: Any, view: View) -> bool:
    """Whether only administrators have its permission, and owners of content."""
    if not view.permission:
        return False
    roles = set(rolesForPermissionOn(view.permission, site.portal))
    return roles <= {"Manager", "Site Administrator", "Owner"}
