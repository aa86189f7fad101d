"""Objects of all sorts for actors to change by the forms of Plone."""

from dataclasses import dataclass
from five.customerize.zpt import TTWViewTemplate
from plone import api
from plone.app.contentrules.actions import copy
from plone.app.contentrules.actions import logger
from plone.app.contentrules.actions import mail
from plone.app.contentrules.actions import move
from plone.app.contentrules.actions import notify
from plone.app.contentrules.actions import versioning
from plone.app.contentrules.actions import workflow
from plone.app.contentrules.conditions import fileextension
from plone.app.contentrules.conditions import group
from plone.app.contentrules.conditions import portaltype
from plone.app.contentrules.conditions import role
from plone.app.contentrules.conditions import talesexpression
from plone.app.contentrules.conditions import wfstate
from plone.app.contentrules.conditions import wftransition
from plone.app.contentrules.rule import Rule
from plone.app.customerize.registration import templateViewRegistrations
from plone.app.event.portlets import portlet_calendar
from plone.app.event.portlets import portlet_events
from plone.app.iterate.interfaces import ICheckinCheckoutPolicy
from plone.app.multilingual.interfaces import ITranslationManager
from plone.app.portlets.portlets import actions
from plone.app.portlets.portlets import classic
from plone.app.portlets.portlets import navigation
from plone.app.portlets.portlets import news
from plone.app.portlets.portlets import recent
from plone.app.portlets.portlets import review
from plone.app.portlets.portlets import rss
from plone.app.portlets.portlets import search
from plone.app.theming.utils import getOrCreatePersistentResourceDirectory
from plone.contentrules.engine.interfaces import IRuleStorage
from plone.dexterity.fti import DexterityFTI
from plone.portlet.collection import collection
from plone.portlet.static import static
from plone.portlets.constants import USER_CATEGORY
from plone.portlets.interfaces import IPortletAssignmentMapping
from plone.portlets.interfaces import IPortletManager
from plone.registry import field
from plone.registry.interfaces import IRegistry
from plone.registry.record import Record
from Products.CMFCore.ActionInformation import Action
from typing import Any
from zope.component import getMultiAdapter
from zope.component import getUtility
from zope.lifecycleevent.interfaces import IObjectModifiedEvent


#: The password of all owners.
PASSWORD = "correct-horse-battery-1"
_MODEL = """<model xmlns="http://namespaces.plone.org/supermodel/schema"><schema>
<field name="moved" type="zope.schema.TextLine"><title>Moved</title></field>
<field name="dropped" type="zope.schema.TextLine"><title>Dropped</title></field>
<fieldset name="full" label="Full">
<field name="other" type="zope.schema.TextLine"><title>Other</title></field>
</fieldset>
<fieldset name="empty" label="Empty"/>
</schema></model>"""


@dataclass(frozen=True)
class Owner:
    """Somebody who asks, with objects of their own; what they fill in by its name."""

    id: str
    user: str
    folder: str
    site: str
    uid: str
    deleted: str
    translated: str
    english: str
    german: str
    sub: str
    collection: str
    clipboard: str
    number: int
    ticked: str
    language: str
    template: str
    view: str
    required: str


def make_owner(site: Any, number: int, role: str) -> Owner:
    """A user with what each form needs."""
    name = "abc"[number]
    user = f"owner-{name}"
    site.add_user(user, role)
    folder = api.content.create(site.portal, "Folder", f"of-{name}", language="en")
    for each in _PAGES:
        language = "de" if each in ("german", "translation") else "en"
        api.content.create(folder, "Document", each, title=each, language=language)
    for portal_type, each in _OTHERS:
        api.content.create(folder, portal_type, each, title=each, language="en")
    site.portal.portal_repository.save(folder.page, comment="First")
    for each in ("ready", "dropped"):
        ICheckinCheckoutPolicy(folder[each]).checkout(folder)
    ITranslationManager(folder.translated).register_translation(
        "de", folder.translation
    )
    api.user.create(email=f"{name}@example.org", username=f"user-{name}")
    api.group.create(f"group{name}")
    api.group.add_user(groupname=f"group{name}", username=f"user-{name}")
    _add_rules(name, folder)
    _add_portlets(folder.columns, user)
    _add_types(site, name)
    for each in ("act", "gone"):
        site.portal.portal_actions.object[f"{each}{name}"] = Action(f"{each}{name}")
        theme = getOrCreatePersistentResourceDirectory()
        theme.makeDirectory(f"theme{name}" if each == "act" else f"gone{name}")
    themes = getOrCreatePersistentResourceDirectory()
    for each in (f"theme{name}", f"gone{name}"):
        themes[each].writeFile("manifest.cfg", b"[theme]\ntitle = X\n")
        themes[each].writeFile("rules.xml", b"<rules/>")
    for each in (f"x.{name}", f"x.gone-{name}"):
        getUtility(IRegistry).records[each] = Record(field.TextLine(title="X"), "x")
    site.portal.portal_placeful_workflow.manage_addWorkflowPolicy(f"policy{name}")
    site.portal.portal_view_customizations.addTemplate(
        f"template-{name}", TTWViewTemplate(f"template-{name}", "<p/>")
    )
    view = _VIEWS[number]
    (required,) = (
        each.required for each in templateViewRegistrations() if each.name == view
    )
    return Owner(
        id=name,
        user=user,
        folder=folder.getId(),
        site="/".join(site.portal.getPhysicalPath()),
        uid=folder.page.UID(),
        deleted=folder.deleted3.UID(),
        translated=folder.translated.UID(),
        english=folder.english.UID(),
        german=folder.german.UID(),
        sub=folder.sub.UID(),
        collection=folder.collection.UID(),
        clipboard=folder.manage_copyObjects(["page"]).decode(),
        number=number + 11,
        ticked="" if number == 2 else "selected",
        language=["en", "de", "fr", "nl"][number],
        template=["sitemap", "search", "accessibility-info", "contact-info"][number],
        view=view,
        required=",".join(each.__identifier__ for each in required),
    )


#: With templates that no form of another page needs.
_VIEWS = [
    "iterate_diff",
    "caching-controlpanel-purge",
    "caching-controlpanel-ramcache",
]
_PAGES = [
    *("page", "other", "renamed1", "renamed2", "deleted1", "deleted2", "deleted3"),
    *("state1", "state2", "state3", "untouched", "ready", "dropped"),
    *("english", "german", "translated", "translation"),
]
_OTHERS = [
    ("Folder", "sub"),
    ("Folder", "columns"),
    ("Image", "image"),
    ("Collection", "collection"),
]


def _add_rules(name: str, folder: Any) -> None:
    rules = getUtility(IRuleStorage)
    for rule_id in (f"rule-{name}", f"gone-{name}"):
        rule = Rule()
        rule.title = rule_id
        rule.event = IObjectModifiedEvent
        rules[rule_id] = rule
    rule = rules[f"rule-{name}"]
    for condition, values in [
        (fileextension.FileExtensionCondition(), {"file_extension": "x"}),
        (group.GroupCondition(), {"group_names": ["Reviewers"]}),
        (portaltype.PortalTypeCondition(), {"check_types": ["Document"]}),
        (role.RoleCondition(), {"role_names": ["Editor"]}),
        (talesexpression.TalesExpressionCondition(), {"tales_expression": "nothing"}),
        (wfstate.WorkflowStateCondition(), {"wf_states": ["published"]}),
        (wftransition.WorkflowTransitionCondition(), {"wf_transitions": ["publish"]}),
    ]:
        vars(condition).update(values)
        rule.conditions.append(condition)
    for action, values in [
        (copy.CopyAction(), {"target_folder": folder.UID()}),
        (logger.LoggerAction(), {"loggingLevel": 20, "message": "x"}),
        (
            mail.MailAction(),
            {"subject": "x", "recipients": "x@example.org", "message": "x"},
        ),
        (move.MoveAction(), {"target_folder": folder.UID()}),
        (notify.NotifyAction(), {"message": "x", "message_type": "info"}),
        (versioning.VersioningAction(), {"comment": "x"}),
        (workflow.WorkflowAction(), {"transition": "publish"}),
    ]:
        vars(action).update(values)
        rule.actions.append(action)


def _add_portlets(folder: Any, user: str) -> None:
    manager = getUtility(IPortletManager, name="plone.leftcolumn")
    column = getMultiAdapter((folder, manager), IPortletAssignmentMapping)
    dashboards = getUtility(IPortletManager, name="plone.dashboard1")[USER_CATEGORY]
    for mapping in (column, dashboards[user]):
        for name in ("first", "search", "last"):
            mapping[name] = search.Assignment()
    for name, assignment in {
        "calendar": portlet_calendar.Assignment(),
        "events": portlet_events.Assignment(),
        "actions": actions.Assignment(category="user"),
        "classic": classic.Assignment(template="portlet", macro="portlet"),
        "navigation": navigation.Assignment(),
        "news": news.Assignment(),
        "recent": recent.Assignment(),
        "rss": rss.Assignment(url="https://example.org"),
        "review": review.Assignment(),
        "static": static.Assignment(header="x", text="x"),
        "collection": collection.Assignment(header="x"),
    }.items():
        column[name] = assignment


def _add_types(site: Any, name: str) -> None:
    for type_id in (f"type{name}", f"dropped{name}"):
        type_information = DexterityFTI(type_id)
        site.portal.portal_types._setObject(type_id, type_information)
        type_information.manage_changeProperties(
            title=type_id, model_source=_MODEL, klass="plone.dexterity.content.Item"
        )
