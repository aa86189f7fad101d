"""Requests to every page of Plone by which a browser may store something."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import io
import zipfile


#: What is filled in: a string, or an archive of files by their names.
Value = str | dict[str, str]


@dataclass(frozen=True)
class Form:
    """What a browser sends, for an actor with objects of their own.

    :param path: below the site
    :param fields: what is filled in, by name
    :param button: the button of a form that is looked at first, so that all else is
        sent as it stands there; with none nothing is looked at
    """

    path: str
    fields: dict[str, Value]
    button: str = ""

    @property
    def files(self) -> set[str]:
        """The names of the fields that are archives."""
        return {name for name, value in self.fields.items() if isinstance(value, dict)}


def forms() -> Iterator[tuple[str, Form]]:
    """Each with the name of its row in the table."""
    for name, tried in _FORMS.items():
        for form in tried if isinstance(tried, list) else [tried]:
            yield name, form


def filled(value: Value, actor: Any) -> Any:
    """What an actor sends: their own names in a string, or an archive."""
    if isinstance(value, str):
        return value.format(**vars(actor))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, text in value.items():
            opened.writestr(filled(name, actor), filled(text, actor))
    return archive.getvalue()


def _call(path: str, /, **fields: Value) -> Form:
    return Form(path, fields)


def _press(path: str, button: str, /, **fields: Value) -> Form:
    return Form(path, {f"form.button.{button}": "x", **fields})


def _submit(path: str, /, **fields: Value) -> Form:
    return Form(path, {"form.submitted": "1", **fields})


def _fill(path: str, button: str, /, **fields: Value) -> Form:
    named = {f"form.widgets.{name}": each for name, each in fields.items()}
    return Form(path, named, f"form.buttons.{button}")


def _contents(name: str, /, **fields: Value) -> Form:
    chosen = {"selection": '["{uid}"]', "folder": "/{folder}/sub"}
    return Form(f"{{folder}}/{name}", {**chosen, **fields})


def _column(where: str, name: str) -> Form:
    return Form(f"{where}/{name}", {"name": "search"})


def _rule(path: str, rule_id: str = "rule-{id}", /, **fields: Value) -> Form:
    return Form(path, {"rule-id": rule_id, **fields})


_PORTLETS = "{folder}/columns/++contextportlets++plone.leftcolumn"
_DASHBOARD = "++dashboard++plone.dashboard1+{user}"
_TYPE = "dexterity-types/type{id}"
_RULE = "++rule++rule-{id}"
_TEMPLATE = "portal_view_customizations/template-{id}"
_MARKED = {"SAVE": "x", "add:list": "plone.base.interfaces.siteroot.INavigationRoot"}
_SHARED = {
    "form.submitted": "1",
    "form.button.Save": "Save",
    "inherit:boolean": "1",
    "entries.id:records": "helper",
    "entries.type:records": "user",
    "entries.role_Reader:records": "1",
}
_NEW_FIELD: dict[str, Value] = {
    "title": "Field",
    "__name__": "field{id}",
    "factory:list": "label_textline_field",
}
_MODEL = (
    '<model xmlns="http://namespaces.plone.org/supermodel/schema">'
    '<schema><field name="x" type="zope.schema.TextLine"><title>X</title></field>'
    "</schema></model>"
)
_TYPES_XML = (
    '<object name="portal_types"><object name="imported{id}" '
    'meta_type="Dexterity FTI"/></object>'
)
_TYPE_XML = (
    '<object name="imported{id}" meta_type="Dexterity FTI">'
    '<property name="title">X</property></object>'
)

_FORMS: dict[str, Form | list[Form]] = {
    # Content.
    "edit": _fill("{folder}/page/edit", "save", **{"IDublinCore.title": "Other {id}"}),
    "++add++Document": _fill(
        "{folder}/++add++Document", "save", **{"IDublinCore.title": "Added {id}"}
    ),
    "fileUpload": Form("{folder}/fileUpload", {"file": {"x": "y"}}),
    "ical_import_settings": _fill("{folder}/ical_import_settings", "save"),
    "object_paste": _call("{folder}/sub/object_paste", __cp="{clipboard}"),
    "object_delete": _call("{folder}/deleted1/object_delete"),
    "object_rename": _fill(
        "{folder}/renamed1/object_rename", "Rename", new_id="named1", new_title="x"
    ),
    "folder_rename": _fill(
        "{folder}/renamed2/folder_rename", "Rename", new_id="named2", new_title="x"
    ),
    "delete_confirmation": _fill("{folder}/deleted2/delete_confirmation", "Delete"),
    "fc-paste": _contents("fc-paste", __cp="{clipboard}"),
    "fc-delete": _contents("fc-delete", selection='["{deleted}"]'),
    "fc-rename": _contents(
        "fc-rename", UID_1="{uid}", newid_1="page", newtitle_1="Other still {id}"
    ),
    "fc-properties": _contents("fc-properties", copyright="Mine"),
    "fc-tags": _contents("fc-tags", toadd="tag{id}"),
    "fc-workflow": _contents("fc-workflow", transition="publish"),
    "fc-itemOrder": _contents("fc-itemOrder", id="page", delta="bottom"),
    "fc-rearrange": _contents("fc-rearrange", rearrange_on="id", reversed="true"),
    "fc-setDefaultPage": _contents("fc-setDefaultPage", id="page"),
    "content_status_modify": _call(
        "{folder}/state1/content_status_modify", workflow_action="publish"
    ),
    "content_status_history": _submit(
        "{folder}/state2/content_status_history",
        workflow_action="publish",
        **{"paths:list": "{site}/{folder}/state2", "form.button.Publish": "Save"},
    ),
    "folder_publish": _call(
        "{folder}/folder_publish",
        workflow_action="publish",
        **{"paths:list": "{site}/{folder}/state3"},
    ),
    "sharing": _call("{folder}/sharing", **_SHARED),
    "selectViewTemplate": _call(
        "{folder}/selectViewTemplate", templateId="summary_view"
    ),
    "select_default_view": _press(
        "{folder}/select_default_view", "Save", templateId="tabular_view"
    ),
    "select_default_page": _call(
        "{folder}/select_default_page",
        **{"objectId": "other", "form.buttons.Save": "Save"},
    ),
    "synPropertiesForm": _fill(
        "{folder}/synPropertiesForm",
        "save",
        max_items="{number}",
        **{"feed_types:list": "RSS"},
    ),
    "folder_constraintypes_form": _fill(
        "{folder}/folder_constraintypes_form",
        "save",
        **{
            "constrain_types_mode:list": "1",
            "allowed_types:list": "Document",
            "secondary_types:list": "Document",
        },
    ),
    "revertversion": _call("{folder}/page/revertversion", **{"version_id:int": "0"}),
    "saveasnewversion": _call("{folder}/page/saveasnewversion", versioncomment="x"),
    "manage-aliases": _press(
        "{folder}/page/manage-aliases", "Add", redirection="/{folder}/old"
    ),
    "plone_lock_operations": _call("{folder}/other/plone_lock_operations/create_lock"),
    "images-clear": _call("{folder}/image/images-clear"),
    "edit-markers.html": _call("{folder}/page/edit-markers.html", **_MARKED),
    "manage_interfaces": _call("{folder}/other/manage_interfaces", **_MARKED),
    # Working copies and translations.
    "content-checkout": _press(
        "{folder}/untouched/content-checkout",
        "Checkout",
        checkout_location="plone.app.iterate.parent",
    ),
    "content-checkin": _press(
        "{folder}/copy_of_ready/content-checkin", "Checkin", checkin_message="x"
    ),
    "content-cancel-checkout": _press(
        "{folder}/copy_of_dropped/content-cancel-checkout", "Cancel"
    ),
    "connect_translation": _fill(
        "{folder}/english/@@connect_translation",
        "connect_translation",
        **{"language:list": "de", "content": "{german}"},
    ),
    "disconnect_translation": _call(
        "{folder}/translated/@@disconnect_translation",
        language="de",
        submitted="1",
        came_from="{translated}",
    ),
    "update_language": _fill(
        "{folder}/state1/update_language", "update_language", **{"language:list": "de"}
    ),
    "babel_edit": _fill(
        "{folder}/translated/babel_edit",
        "save",
        **{"IDublinCore.title": "Another {id}"},
    ),
    # The dashboard, and the columns of content by the same pages.
    "manage-dashboard": _call("@@manage-dashboard"),
    "+ of the dashboard": [
        _call(f"{_DASHBOARD}/+/portlets.Login"),
        _call(f"{_DASHBOARD}/+/portlets.Language"),
        *(
            _fill(f"{_DASHBOARD}/+/portlets.{name}", "add", **fields)
            for name, fields in [
                ("Actions", {"category:list": "user"}),
                ("Calendar", {}),
                ("Classic", {"template": "x"}),
                ("Events", {}),
                ("Navigation", {}),
                ("News", {}),
                ("Recent", {}),
                ("Review", {}),
                ("Search", {}),
                ("rss", {"url": "https://evil.example.org"}),
            ]
        ),
    ],
    "edit of the dashboard": _fill(
        f"{_DASHBOARD}/news/edit", "apply", count="{number}"
    ),
    "move-portlet-up of the dashboard": _column(_DASHBOARD, "@@move-portlet-up"),
    "move-portlet-down of the dashboard": _column(_DASHBOARD, "@@move-portlet-down"),
    "toggle-visibility of the dashboard": _column(_DASHBOARD, "@@toggle-visibility"),
    "delete-portlet of the dashboard": _column(_DASHBOARD, "@@delete-portlet"),
    "+ of a column": _fill(f"{_PORTLETS}/+/portlets.News", "add"),
    "edit of a portlet": [
        _fill(f"{_PORTLETS}/{name}/edit", "apply", **{field: value})
        for name, field, value in [
            ("search", "enableLivesearch:list", ""),
            ("calendar", "state:list", "private"),
            ("events", "count", "{number}"),
            ("actions", "category:list", "user"),
            ("classic", "template", "other"),
            ("navigation", "name", "Other"),
            ("news", "count", "{number}"),
            ("recent", "count", "{number}"),
            ("review", "no_icons:list", "selected"),
            ("rss", "url", "https://evil.example.org/{id}"),
            ("static", "header", "Other"),
            ("collection", "uid", "{collection}"),
        ]
    ],
    "plone.portlet.static.Static": _fill(
        f"{_PORTLETS}/+/plone.portlet.static.Static",
        "add",
        header="x",
        text="<script>1</script>",
    ),
    "plone.portlet.collection.Collection": _fill(
        f"{_PORTLETS}/+/plone.portlet.collection.Collection",
        "add",
        header="x",
        uid="{collection}",
    ),
    "move-portlet-up": _column(_PORTLETS, "@@move-portlet-up"),
    "move-portlet-down": _column(_PORTLETS, "@@move-portlet-down"),
    "toggle-visibility": _column(_PORTLETS, "@@toggle-visibility"),
    "delete-portlet": _column(_PORTLETS, "@@delete-portlet"),
    "set-portlet-blacklist-status": _call(
        "{folder}/@@set-portlet-blacklist-status",
        manager="plone.leftcolumn",
        **{
            "group_status:int": "1",
            "content_type_status:int": "1",
            "context_status:int": "1",
        },
    ),
    "convert-legacy-portlets": _call("{folder}/@@convert-legacy-portlets"),
    "manage-group-portlets": _call("@@manage-group-portlets", key="group{id}"),
    "manage-group-dashboard": _call("@@manage-group-dashboard", key="group{id}"),
    "manage-content-type-portlets": _call(
        "@@manage-content-type-portlets", key="type{id}"
    ),
    "manage-viewlets": _call("@@manage-viewlets?hide=plone.portaltop:x{id}"),
    # Accounts.
    "personal-information": _fill(
        "@@personal-information",
        "save",
        fullname="Other {id}",
        email="{id}@example.org",
    ),
    "personal-preferences": _fill(
        "@@personal-preferences", "save", **{"language:list": "{language}"}
    ),
    "new-user": _fill(
        "@@new-user",
        "register",
        username="new{id}",
        email="new{id}@example.org",
        password="correct-horse-battery-2",
        password_ctl="correct-horse-battery-2",
    ),
    "user-information": _fill(
        "@@user-information?userid=user-{id}",
        "save",
        fullname="Somebody {id}",
        email="{id}@example.org",
    ),
    "user-preferences": _fill(
        "@@user-preferences?userid=user-{id}", "save", **{"language:list": "{language}"}
    ),
    "usergroup-userprefs": _submit(
        "@@usergroup-userprefs",
        **{
            "form.button.Modify": "Apply",
            "users.id:records": "user-{id}",
            "users.roles:list:records": "Editor",
        },
    ),
    "usergroup-groupprefs": _submit(
        "@@usergroup-groupprefs",
        **{"form.button.Modify": "Apply", "group_group{id}:list": "Editor"},
    ),
    "usergroup-groupdetails": [
        _submit("@@usergroup-groupdetails", addname="added{id}", title="Added"),
        _submit("@@usergroup-groupdetails", groupname="group{id}", title="Other"),
    ],
    "usergroup-groupmembership": _submit(
        "@@usergroup-groupmembership",
        groupname="group{id}",
        **{"add:list": "helper", "form.button.Add": "Add"},
    ),
    "usergroup-usermembership": _submit(
        "@@usergroup-usermembership",
        userid="user-{id}",
        **{"delete:list": "group{id}", "form.button.Delete": "Delete"},
    ),
    "register": _call(
        "@@register",
        **{
            "form.widgets.username": "newer{id}",
            "form.widgets.email": "newer{id}@example.org",
            "form.widgets.password": "correct-horse-battery-2",
            "form.widgets.password_ctl": "correct-horse-battery-2",
            "form.buttons.register": "Register",
        },
    ),
    "change-password": _fill(
        "@@change-password",
        "reset_passwd",
        current_password="correct-horse-battery-1",
        new_password="correct-horse-battery-1",
        new_password_ctl="correct-horse-battery-1",
    ),
    "edit of the fields of accounts": _call("member-fields/edit"),
    "add-field of members": _fill("member-fields/@@add-field", "add", **_NEW_FIELD),
    # Types.
    "content-controlpanel": _submit(
        "@@content-controlpanel",
        old_type_id="type{id}",
        addable="True",
        **{"form.button.Save": "Save"},
    ),
    "add-type": _fill(
        "dexterity-types/@@add-type", "add", title="New {id}", id="new{id}"
    ),
    "clone": _fill(f"{_TYPE}/@@clone", "add", title="Clone {id}", id="clone{id}"),
    "import-types": Form(
        "dexterity-types/@@import-types",
        {
            "form.widgets.profile_file": {
                "types.xml": _TYPES_XML,
                "types/imported{id}.xml": _TYPE_XML,
            }
        },
        "form.buttons.add",
    ),
    "overview": _fill(f"{_TYPE}/@@overview", "apply", title="Other {id}"),
    "behaviors": _fill(
        f"{_TYPE}/@@behaviors", "apply", **{"plone.leadimage:list": "selected"}
    ),
    "add-field": _fill(f"{_TYPE}/@@add-field", "add", **_NEW_FIELD),
    "add-fieldset": _fill(
        f"{_TYPE}/@@add-fieldset", "add", label="Set", __name__="set{id}"
    ),
    "edit of a field": _fill(f"{_TYPE}/moved/edit", "save", title="Other"),
    "changefieldset": _call(f"{_TYPE}/moved/@@changefieldset", fieldset_index="1"),
    "order": _call(f"{_TYPE}/moved/@@order", pos="0", fieldset_index="0"),
    "delete": _call(f"{_TYPE}/dropped/@@delete"),
    "delete-fieldset": _call(f"{_TYPE}/@@delete-fieldset", name="empty"),
    "edit of the types": Form(
        "dexterity-types/edit",
        {"crud-edit.dropped{id}.widgets.select:list": "selected"},
        "crud-edit.form.buttons.delete",
    ),
    "edit of a schema": _fill(
        f"{_TYPE}/edit", "536176652044656661756c7473", moved="Another default"
    ),
    "fields": _fill(
        f"{_TYPE}/@@fields", "536176652044656661756c7473", moved="A default"
    ),
    "modeleditor": _press(f"{_TYPE}/@@modeleditor", "save", source=_MODEL),
    # Content rules.
    "rules-controlpanel": _rule("@@rules-controlpanel", global_disable="1"),
    "contentrule-enable": _rule("@@contentrule-enable"),
    "contentrule-disable": _rule("@@contentrule-disable"),
    "contentrule-globally-disable": _rule("@@contentrule-globally-disable"),
    "contentrule-globally-enable": _rule("@@contentrule-globally-enable"),
    "contentrule-delete": _rule("@@contentrule-delete", "gone-{id}"),
    "plone.ContentRule": _fill("+rule/plone.ContentRule", "save", title="Rule"),
    "edit of a rule": _fill(f"{_RULE}/edit", "save", title="Rule"),
    "edit of a condition": [
        _fill(f"{_RULE}/++condition++{nr}/edit", "save", **{name: value})
        for nr, name, value in [
            (0, "file_extension", "z"),
            (2, "check_types:list", "News Item"),
            (3, "role_names:list", "Reader"),
            (5, "wf_states:list", "private"),
            (6, "wf_transitions:list", "retract"),
        ]
    ],
    "edit of groups in a condition": _fill(
        f"{_RULE}/++condition++1/edit", "save", **{"group_names:list": "Reviewers"}
    ),
    "edit of an expression": _fill(
        f"{_RULE}/++condition++4/edit", "save", tales_expression="python: False"
    ),
    "edit of an action": [
        _fill(f"{_RULE}/++action++{nr}/edit", "save", **{name: value})
        for nr, (name, value) in enumerate(
            [
                ("target_folder", "{sub}"),
                ("targetLogger", "z"),
                ("subject", "z"),
                ("target_folder", "{sub}"),
                ("message", "z"),
                ("comment", "z"),
                ("transition:list", "retract"),
            ]
        )
    ],
    "manage-elements": [
        _press(f"{_RULE}/@@manage-elements", "Save", title="Other"),
        _press(f"{_RULE}/@@manage-elements", "ApplyOnWholeSite"),
        _press(
            f"{_RULE}/@@manage-elements", "MoveActionDown", **{"element_id:int": "0"}
        ),
        _press(f"{_RULE}/@@manage-elements", "DeleteAction", **{"element_id:int": "6"}),
    ],
    "manage-content-rules": [
        _press("{folder}/@@manage-content-rules", "AddAssignment", rule_id="rule-{id}"),
        _press(
            "{folder}/@@manage-content-rules",
            "Bubble",
            **{"rule_ids:list": "rule-{id}"},
        ),
    ],
    **{
        f"plone.{kind}s.{name}": _fill(
            f"{_RULE}/+{kind}/plone.{kind}s.{name}", "save", **fields
        )
        for kind, name, fields in [
            ("action", "Copy", {"target_folder": "{sub}"}),
            ("action", "Logger", {}),
            (
                "action",
                "Mail",
                {"subject": "x", "recipients": "x@example.org", "message": "x"},
            ),
            ("action", "Move", {"target_folder": "{sub}"}),
            ("action", "Notify", {"message": "x"}),
            ("action", "Workflow", {"transition:list": "publish"}),
            ("condition", "FileExtension", {"file_extension": "x"}),
            ("condition", "Group", {"group_names:list": "group{id}"}),
            ("condition", "PortalType", {"check_types:list": "Document"}),
            ("condition", "Role", {"role_names:list": "Editor"}),
            ("condition", "TalesExpression", {"tales_expression": "python: True"}),
            ("condition", "WorkflowState", {"wf_states:list": "published"}),
            ("condition", "WorkflowTransition", {"wf_transitions:list": "publish"}),
        ]
    },
    "plone.actions.Delete": _call(f"{_RULE}/+action/plone.actions.Delete"),
    "plone.actions.Versioning": _fill(
        f"{_RULE}/+action/plone.actions.Versioning", "save", comment="x"
    ),
    # Actions, templates, themes, resources.
    "actions-controlpanel": [
        _call(
            "@@actions-controlpanel", hide="1", actionid="act{id}", category="object"
        ),
        _call(
            "@@actions-controlpanel",
            delete="1",
            actionid="gone{id}",
            category="object",
        ),
    ],
    "new-action": _fill(
        "@@new-action", "add", id="new{id}", **{"category:list": "object"}
    ),
    "action-form": _fill(
        "portal_actions/object/act{id}/@@action-form",
        "apply",
        title="Other",
        url_expr="string:x",
        position="1",
        **{"permissions:list": "View"},
    ),
    "customizezpt": [
        _call("@@customizezpt", viewname="{template}"),
        _call(
            "portal_view_customizations/@@customizezpt",
            required="{required}",
            view_name="{view}",
        ),
    ],
    "register of a template": _call(
        f"{_TEMPLATE}/@@register",
        for_name="zope.interface.Interface",
        type_name="zope.publisher.interfaces.browser.IBrowserRequest",
        name="registered-{id}",
    ),
    "unregister of a template": _call(f"{_TEMPLATE}/@@unregister", index="0"),
    **{
        name: _call(
            f"{where}/+/{name}", submit_add="x", add_input_name="of-the-zmi-{id}"
        )
        for where, name in [
            ("portal_actions/object", "addAction.html"),
            ("portal_actions", "addActionCategory.html"),
            ("portal_workflow", "addDCWorkflowDefinition.html"),
            ("portal_types", "addDVFactoryTypeInformation.html"),
            ("portal_types", "addFactoryTypeInformation.html"),
            ("portal_types", "addScriptableTypeInformation.html"),
            ("portal_types", "plone.dexterity.fti"),
        ]
    },
    "components.html": _call("{folder}/components.html", MAKESITE="x"),
    "components_xmlconfig.html": _call("components_xmlconfig.html"),
    "install-intids.html": _call("{folder}/install-intids.html", install="x"),
    "theming-controlpanel": [
        _press("@@theming-controlpanel", "Enable", themeName="theme{id}"),
        _press("@@theming-controlpanel", "Disable"),
        _press("@@theming-controlpanel", "AdvancedSave", custom_css="p {{}}"),
        _press(
            "@@theming-controlpanel",
            "DeleteSelected",
            **{"themes:list": "gone{id}"},
        ),
        _press(
            "@@theming-controlpanel",
            "Import",
            themeArchive={
                "new{id}/manifest.cfg": "[theme]\ntitle = X\n",
                "new{id}/rules.xml": "<rules/>",
            },
        ),
    ],
    "plone.resourceeditor.savefile": _call(
        "++theme++theme{id}/@@plone.resourceeditor.savefile",
        path="/rules.xml",
        value="<rules/>",
    ),
    "plone.resourceeditor.filemanager-actions": _call(
        "++theme++theme{id}/@@plone.resourceeditor.filemanager-actions",
        action="addFile",
        path="/",
        filename="x.js",
    ),
    "themeFileUpload": Form(
        "portal_resources/theme/theme{id}/@@themeFileUpload", {"file": {"x": "y"}}
    ),
    "resourceregistry-controlpanel": _call(
        "@@resourceregistry-controlpanel",
        action="add",
        name="bundle{id}",
        jscompilation="https://evil.example.org/x.js",
        method="POST",
    ),
    # For sites with Volto.
    "blocksuuidfixer": _call("@@blocksuuidfixer"),
    "migrate_richtext": _submit(
        "@@migrate_richtext",
        service_url="{service}",
        **{"portal_types:list": "Document"},
    ),
    "migrate_to_volto": _submit("@@migrate_to_volto", service_url="{service}"),
    # The registry and other settings.
    "configuration_registry": _fill(
        "portal_registry",
        "addfield",
        name="x.new{id}",
        title="x",
        **{"field_type:list": "Text"},
    ),
    "edit of a record": _fill("portal_registry/edit/x.{id}", "save", value="other"),
    "delete-record": _call(
        "portal_registry/delete-record",
        name="x.gone-{id}",
        **{"form.buttons.delete": "x"},
    ),
    "usergroup-controlpanel": _fill(
        "@@usergroup-controlpanel", "save", **{"many_users:list": "{ticked}"}
    ),
    "filter-controlpanel": _fill(
        "@@filter-controlpanel", "save", valid_tags="p\nx{id}"
    ),
    "redirection-controlpanel": _press(
        "@@redirection-controlpanel",
        "Add",
        redirection="/was-{id}",
        target_path="/{folder}",
    ),
    "caching-controlpanel": Form(
        "@@caching-controlpanel",
        {"ramCacheMaxEntries": "{number}"},
        "form.button.Save",
    ),
    "caching-controlpanel-import": _press(
        "@@caching-controlpanel-import",
        "Import",
        profile="plone.app.caching:without-caching-proxy",
        snapshot="",
    ),
    "maintenance-controlpanel": _fill("@@maintenance-controlpanel", "pack", days="7"),
    "uninstall_products": _call(
        "@@uninstall_products", uninstall_product="plone.app.iterate"
    ),
    "install_products": _call(
        "@@install_products", install_product="plone.app.iterate"
    ),
    "upgrade_products": _call(
        "@@upgrade_products", **{"prefs_reinstallProducts:list": "plone.app.theming"}
    ),
    "plone-upgrade": _submit("@@plone-upgrade"),
    "rebuild-relations": _call("@@rebuild-relations", rebuild="1"),
    "updateLinkIntegrityInformation": _call(
        "@@updateLinkIntegrityInformation", update="1"
    ),
    "plone-restapi-upgrade-fix-ordering": _call("@@plone-restapi-upgrade-fix-ordering"),
    "error-log-form": _press("@@error-log-form", "clear"),
    "error-log-set-properties": _call(
        "@@error-log-set-properties", keep_entries="7", ignored_exceptions="x"
    ),
    "placeful-workflow-configuration": [
        _call("{folder}/@@placeful-workflow-configuration", add_wp_for_type="1"),
        _call(
            "{folder}/@@placeful-workflow-configuration",
            policy_in="policy{id}",
            policy_below="policy{id}",
            submit="Save",
        ),
    ],
    "workflow-policies-controlpanel": _call(
        "@@workflow-policies-controlpanel", policy_id="new{id}", add="1"
    ),
    "placeful-workflow-policy-mapping": _call(
        "@@placeful-workflow-policy-mapping",
        wfpid="policy{id}",
        title="Other",
        default_workflow_id="simple_publication_workflow",
        submit="x",
        **{"wf.Document:record": "acquisition"},
    ),
}
