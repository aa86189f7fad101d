"""Requests to every REST service of Plone that may store something."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One request, for an actor with a folder and an id of their own.

    :param path: below the site
    :param body: JSON
    :param headers: more of them
    :param tolerated: a status that shows that they got in, though nothing is there
    """

    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    tolerated: int = 0


_TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
_METADATA = "filename dC50eHQ=,content-type dGV4dC9wbGFpbg=="
_UPLOAD = {**_TUS, "Upload-Length": "3", "Upload-Metadata": _METADATA}


def recipe(method: str, name: str, actor: Any) -> Recipe:
    """How an actor asks for a service."""
    return _RECIPES[method, name](actor)


_RECIPES: dict[tuple[str, str], Callable[[Any], Recipe]] = {
    ("POST", ""): lambda a: Recipe(
        path=a.folder, body={"@type": "Document", "title": "New"}
    ),
    ("PATCH", ""): lambda a: Recipe(path=f"{a.folder}/page", body={"title": "Other"}),
    ("DELETE", ""): lambda a: Recipe(path=f"{a.folder}/other"),
    ("POST", "@copy"): lambda a: Recipe(
        path=f"{a.folder}/sub/@copy", body={"source": f"/{a.folder}/page"}
    ),
    ("POST", "@move"): lambda a: Recipe(
        path=f"{a.folder}/sub/@move", body={"source": f"/{a.folder}/moved"}
    ),
    ("POST", "@workflow"): lambda a: Recipe(
        path=f"{a.folder}/page/@workflow/publish", body={}
    ),
    ("POST", "@sharing"): lambda a: Recipe(
        path=f"{a.folder}/@sharing",
        body={"entries": [{"id": "helper", "type": "user", "roles": {"Reader": True}}]},
    ),
    ("POST", "@lock"): lambda a: Recipe(path=f"{a.folder}/page/@lock"),
    ("PATCH", "@lock"): lambda a: Recipe(path=f"{a.folder}/page/@lock"),
    ("DELETE", "@lock"): lambda a: Recipe(path=f"{a.folder}/page/@lock"),
    ("POST", "@comments"): lambda a: Recipe(
        path=f"{a.folder}/page/@comments", body={"text": "A comment"}
    ),
    ("PATCH", "@comments"): lambda a: Recipe(
        path=f"{a.folder}/page/@comments/{a.comment}", body={"text": "Another"}
    ),
    ("DELETE", "@comments"): lambda a: Recipe(
        path=f"{a.folder}/page/@comments/{a.comment}"
    ),
    ("PATCH", "@history"): lambda a: Recipe(
        path=f"{a.folder}/page/@history", body={"version": 0}
    ),
    ("POST", "@relations"): lambda a: Recipe(
        path="@relations",
        body={
            "items": [
                {
                    "source": f"/{a.folder}/page",
                    "target": f"/{a.folder}/sub",
                    "relation": "relatedItems",
                }
            ]
        },
    ),
    ("DELETE", "@relations"): lambda a: Recipe(
        path="@relations", body={"source": f"/{a.folder}/page"}
    ),
    ("POST", "@aliases"): lambda a: Recipe(
        path=f"{a.folder}/page/@aliases", body={"items": [{"path": f"/old-{a.id}"}]}
    ),
    ("DELETE", "@aliases"): lambda a: Recipe(
        path=f"{a.folder}/page/@aliases", body={"items": [{"path": f"/old-{a.id}"}]}
    ),
    ("POST", "@aliases of the site"): lambda a: Recipe(
        path="@aliases",
        body={"items": [{"path": f"/older-{a.id}", "redirect-to": f"/{a.folder}"}]},
    ),
    ("DELETE", "@aliases of the site"): lambda a: Recipe(
        path="@aliases", body={"items": [{"path": f"/older-{a.id}"}]}
    ),
    ("POST", "@content-rules"): lambda a: Recipe(
        path=f"{a.folder}/@content-rules/rule-1"
    ),
    ("PATCH", "@content-rules"): lambda a: Recipe(
        path=f"{a.folder}/@content-rules",
        body={"operation": "move_down", "rule_id": "rule-1"},
    ),
    ("DELETE", "@content-rules"): lambda a: Recipe(
        path=f"{a.folder}/@content-rules", body={"rule_ids": ["rule-1"]}
    ),
    ("POST", "@controlpanels"): lambda a: Recipe(
        path="@controlpanels/content-rules",
        body={
            "title": f"Rule {a.id}",
            "description": "",
            "event": "Comment added",
            "cascading": False,
            "stop": False,
            "enabled": False,
        },
    ),
    ("PATCH", "@controlpanels"): lambda a: Recipe(
        path="@controlpanels/editing", body={"ext_editor": True}
    ),
    ("DELETE", "@controlpanels"): lambda a: Recipe(
        path=f"@controlpanels/content-rules/rule-{a.id}"
    ),
    ("POST", "@groups"): lambda a: Recipe(
        path="@groups", body={"groupname": f"newgroup{a.id}"}
    ),
    ("PATCH", "@groups"): lambda a: Recipe(
        path=f"@groups/group{a.id}", body={"title": "Other"}
    ),
    ("DELETE", "@groups"): lambda a: Recipe(path=f"@groups/group{a.id}"),
    ("POST", "@users"): lambda a: Recipe(
        path="@users",
        body={
            "username": f"new{a.id}",
            "email": "new@example.org",
            "password": "correct-horse-battery-2",
        },
    ),
    ("PATCH", "@users"): lambda a: Recipe(
        path=f"@users/user-{a.id}", body={"fullname": "Other"}
    ),
    ("PATCH", "@users of oneself"): lambda a: Recipe(
        path=f"@users/{a.user}", body={"fullname": "Other"}
    ),
    ("DELETE", "@users"): lambda a: Recipe(path=f"@users/user-{a.id}"),
    ("PATCH", "@registry"): lambda a: Recipe(
        path="@registry", body={"plone.site_title": "Other"}
    ),
    ("PATCH", "@transactions"): lambda a: Recipe(
        path="@transactions", body={"transaction_ids": []}
    ),
    ("POST", "@types"): lambda a: Recipe(
        path="@types/Document",
        body={"factory": "Text line (String)", "title": f"Field {a.id}"},
    ),
    ("PATCH", "@types"): lambda a: Recipe(
        path="@types/Document/title", body={"title": "Headline"}, tolerated=404
    ),
    ("PUT", "@types"): lambda a: Recipe(
        path="@types/Document", body={"fieldsets": [], "properties": {}}, tolerated=404
    ),
    ("DELETE", "@types"): lambda a: Recipe(
        path=f"@types/Document/field_{a.id}", tolerated=404
    ),
    ("POST", "@tus-upload"): lambda a: Recipe(
        path=f"{a.folder}/@tus-upload", headers=_UPLOAD
    ),
    ("PATCH", "@tus-upload"): lambda a: Recipe(
        path=f"{a.folder}/@tus-upload/unknown", headers=_TUS, tolerated=404
    ),
    ("POST", "@tus-replace"): lambda a: Recipe(
        path=f"{a.folder}/page/@tus-replace", headers=_UPLOAD
    ),
    ("POST", "@addons"): lambda a: Recipe(
        path="@addons/plone.app.caching/upgrade", tolerated=404
    ),
    ("POST", "@upgrade"): lambda a: Recipe(path="@upgrade", body={"dry_run": True}),
    ("POST", "@workingcopy"): lambda a: Recipe(
        path=f"{a.folder}/untouched/@workingcopy"
    ),
    ("PATCH", "@workingcopy"): lambda a: Recipe(path=f"{a.folder}/ready/@workingcopy"),
    ("DELETE", "@workingcopy"): lambda a: Recipe(
        path=f"{a.folder}/dropped/@workingcopy"
    ),
    ("POST", "@translations"): lambda a: Recipe(
        path=f"{a.folder}/english/@translations", body={"id": f"/{a.folder}/german"}
    ),
    ("DELETE", "@translations"): lambda a: Recipe(
        path=f"{a.folder}/translated/@translations", body={"language": "de"}
    ),
    ("POST", "@export"): lambda a: Recipe(path="@export"),
    ("POST", "@import"): lambda a: Recipe(path="@import"),
    ("POST", "@login"): lambda a: Recipe(
        path="@login", body={"login": a.user, "password": "correct-horse-battery-1"}
    ),
    ("POST", "@login-renew"): lambda a: Recipe(path="@login-renew"),
}
#: Services that store nothing.
STORING_NOTHING = {
    ("POST", "@email-notification"),
    ("POST", "@email-send"),
    ("POST", "@logout"),
    ("POST", "@querystring-search"),
    ("HEAD", "@tus-upload"),
    ("OPTIONS", "@tus-upload"),
}
