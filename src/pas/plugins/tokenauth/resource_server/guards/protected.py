"""What the transactions of a token do not change: who gets in, settings, and code.

Code that the site runs acts with the rights of whoever visits it, so it could let
people in later. The same goes for scripts that the site sends to browsers, and for
links, which may be scripts.
"""

from ...site.interfaces import PLUGIN_ID
from Acquisition import aq_base
from collections.abc import Iterable
from OFS.DTMLMethod import DTMLMethod
from plone.keyring.interfaces import IKeyManager
from Products.CMFCore.Expression import Expression
from Products.PageTemplates.PageTemplate import PageTemplate
from Shared.DC.Scripts.Script import Script
from typing import Any
from zope.component import queryUtility

import re


#: Objects that hold code, which the site runs with the rights of others.
_CODE = (Script, PageTemplate, DTMLMethod)
#: Tools of the site that keep scripts: themes, links of menus and of workflows, and
#: whether scripts are taken out of texts.
_TOOLS = (
    "portal_resources",
    "portal_actions",
    "portal_controlpanel",
    "portal_workflow",
    "portal_transforms",
)
#: What makes a TALES expression more than a path or a text: Python, and a link that
#: may begin with `javascript:`, because it begins neither with a URL nor with a path.
_CODE_IN_EXPRESSION = re.compile(
    r"""\b python \s* :
    | \b string \s* : (?! \s* (
        \$ \w+ _url \b
        | \$ \{ ( \w+ _url | context / absolute_url | plone_\w+_state / \w+ _url ) \}
        | \$ \{ globals_view / \w+ Url \}
        | https? : | mailto :
        | [\w.@+-]* ( [/?\#] | $ )
    ) )""",
    re.VERBOSE,
)


def is_code(obj: Any) -> bool:
    """Whether an object holds code: a script, a template, an expression with some."""
    if isinstance(obj, Expression):
        return _CODE_IN_EXPRESSION.search(obj.text) is not None
    return isinstance(obj, _CODE)


def log_in_objects(portal: Any, parents: Iterable[Any]) -> list[Any]:
    """The objects that decide who gets in, and as whom; with all they keep.

    :param parents: the objects on the way to what is published
    """
    found = [
        *_user_folders(parents),
        # Requests for new passwords, and roles by another name.
        getattr(portal, "portal_password_reset", None),
        getattr(portal, "portal_membership", None),
        # The secrets that log-in cookies are signed with.
        *_secrets(queryUtility(IKeyManager)),
        *_secrets(getattr(portal.getPhysicalRoot(), "_key_manager", None)),
    ]
    return _stored(found)


def settings_of(portal: Any) -> list[Any]:
    """The objects of a site that keep its settings, but for the registry."""
    return _stored(getattr(portal, name, None) for name in _TOOLS)


def accounts(acl_users: Any) -> list[Any]:
    """The objects in a user folder that keep nothing but users, groups and roles."""
    others = {"plugins", PLUGIN_ID}
    return [
        acl_users._getOb(name) for name in acl_users.objectIds() if name not in others
    ]


def permission_settings(obj: Any) -> dict[str, Any]:
    """Which roles an object knows, and which have which permission there."""
    stored = aq_base(obj)
    stored._p_activate()
    return {
        name: value
        for name, value in vars(stored).items()
        if name.endswith("_Permission") or name == "__ac_roles__"
    }


def _stored(objects: Iterable[Any]) -> list[Any]:
    # What is not stored does not change.
    return [obj for obj in objects if getattr(aq_base(obj), "_p_jar", None) is not None]


def _secrets(manager: Any) -> list[Any]:
    # The manager is not always stored by itself.
    return [] if manager is None else [manager, *manager.values()]


def _user_folders(parents: Iterable[Any]) -> list[Any]:
    """User folders on the way: the site's, the root's, others."""
    return [
        parent.__allow_groups__
        for parent in parents
        if hasattr(aq_base(parent), "__allow_groups__")
    ]
