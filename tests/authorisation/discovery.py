"""What the package registers, found in the registries themselves."""

from argparse import _SubParsersAction
from argparse import ArgumentParser
from collections.abc import Iterator
from pas.plugins.tokenauth.cli.parser import _parser
from pas.plugins.tokenauth.layer import ITokenAuthLayer
from pas.plugins.tokenauth.plugin.plugin import TokenAuthPlugin
from pathlib import Path
from plone.restapi.controlpanels import IControlpanel
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest
from zope.viewlet.interfaces import IViewlet

import pas.plugins.tokenauth
import Products
import re


PACKAGE = "pas.plugins.tokenauth"
SOURCES = Path(pas.plugins.tokenauth.__path__[0])
SERVICE = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)_[^@]*_(@.*)")


def _adapters() -> Iterator[Any]:
    """Adapters for our layer, and ours for any browser, but for those of errors."""
    for each in getGlobalSiteManager().registeredAdapters():
        is_ours = each.factory.__module__.startswith(PACKAGE) or any(
            base.__module__.startswith(PACKAGE)
            for base in getattr(each.factory, "__mro__", ())
        )
        for_error = each.name == "index.html"
        if ITokenAuthLayer in each.required or (
            is_ours and IBrowserRequest in each.required and not for_error
        ):
            yield each


def views() -> set[str]:
    """Names of the views."""
    return {
        each.name
        for each in _adapters()
        if each.provided is Interface
        and each.name
        and not SERVICE.fullmatch(each.name)
        and not _is_resource(each)
    }


def resources() -> set[str]:
    """Names of the directories with stylesheets and scripts."""
    return {each.name for each in _adapters() if _is_resource(each)}


def _is_resource(adapter: Any) -> bool:
    return len(adapter.required) == 1


def services() -> set[tuple[str, str]]:
    """Names of the services of plone.rest with their methods."""
    found = [SERVICE.fullmatch(each.name) for each in _adapters()]
    return {(match[2], match[1]) for match in found if match}


def control_panels() -> set[str]:
    """Names of the control panels of plone.restapi."""
    return {
        each.name for each in _adapters() if each.provided.isOrExtends(IControlpanel)
    }


def viewlets() -> set[str]:
    """Names of the viewlets."""
    return {each.name for each in _adapters() if each.provided.isOrExtends(IViewlet)}


def profile_objects(name: str, pattern: str) -> set[str]:
    """What a pattern finds in a file of the profile."""
    text = (SOURCES / "profiles" / "default" / name).read_text(encoding="utf-8")
    return set(re.findall(pattern, text))


def zmi_pages() -> set[str]:
    """Methods of the plugin that are not private, and what adds it."""
    own = {
        name
        for name in dir(TokenAuthPlugin)
        if not name.startswith("_")
        # What is private has no roles.
        and getattr(TokenAuthPlugin, f"{name}__roles__", ()) != ()
        and getattr(TokenAuthPlugin, name) is not getattr(BasePlugin, name, None)
    }
    return {name for name in own if not name.endswith("__roles__")} | constructors()


def constructors() -> set[str]:
    """What adds the plugin to a user folder."""
    (info,) = [
        each
        for each in Products.meta_types
        if each["name"] == TokenAuthPlugin.meta_type
    ]
    form = info["action"].rpartition("/")[2]
    return {form, form.removesuffix("Form")}


def commands() -> set[str]:
    """Names of the commands."""
    return set(_commands(_parser()))


def _commands(parser: ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, sub in action.choices.items():
                below = list(_commands(sub))
                yield from [f"{name} {each}" for each in below] or [name]
