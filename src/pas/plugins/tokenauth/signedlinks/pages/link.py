"""The page to which links lead."""

from ...core.errors import AccessRefused
from ...i18n import _
from ...resource_server.errors import Unavailable
from ...site.lookup import plugin_of
from ...site.urls import without_api
from ...site.users import SourceFailed
from ...site.view import SiteView
from ...storage.signedlinks import SignedLink
from ...tokens.refusals import report_refusal
from ...usage.recorder import note_request
from ...web.accesslog import note_credential
from ...web.address import client_address
from ...web.csrf import check_post
from ...web.interfaces import IClosedToTokens
from ...web.response import never_frame
from ...web.response import never_store
from ..cookie import secrets_in
from ..cookie import set_cookie
from ..interfaces import DOWNLOAD
from ..kind import LINK_PAGE
from ..objects import page_url
from ..presented import presented_link
from ..service import check_uses
from ..service import find_link
from ..service import is_opened_first
from ..service import open_link
from ..service import TooManyTries
from ..service import visited_link
from ..visitor import LinkVisitor
from AccessControl import getSecurityManager
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import setSecurityManager
from collections.abc import Iterator
from contextlib import contextmanager
from plone.namedfile.browser import Download
from plone.namedfile.utils import set_headers
from Products.CMFCore.permissions import View
from Products.CMFCore.utils import _checkPermission
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Forbidden
from zope.interface import implementer

import transaction


#: What is around content, and not around this page.
_NOT_SHOWN = ("disable_border", "disable_plone.leftcolumn", "disable_plone.rightcolumn")
#: What a browser lets a file do that it shows all the same.
_SANDBOX = "default-src 'none'; sandbox"


@implementer(IClosedToTokens)
class LinkPage(SiteView, BrowserView):
    """``@@link/ptl_…``: hands out a file, or asks whether to open the link.

    Whoever only looks uses nothing up: a link with a limit, a password or a page behind
    it is opened by a form. Nobody learns why a link leads nowhere.
    """

    page = ViewPageTemplateFile("templates/link.pt")
    nowhere = ViewPageTemplateFile("templates/nowhere.pt")
    #: What is wrong with what was typed.
    error = ""
    link: SignedLink
    obj: Any

    def __call__(self) -> Any:
        for part in _NOT_SHOWN:
            self.request.set(part, 1)
        never_store(self.request)
        never_frame(self.request)
        response = self.request.response
        response.setHeader("X-Robots-Tag", "noindex")
        response.setHeader("Referrer-Policy", "no-referrer")
        # Nothing that shows or logs a request has it.
        self._password = self._taken("password")
        try:
            self.link, self.obj = find_link(
                self.site, presented_link(self.request), self._address, self.now
            )
            note_credential(self.request, self.link.credential_id)
            return self._answer()
        except AccessRefused as refused:
            report_refusal("link", refused.reason, refused.credential_id, self._address)
            response.setStatus(404)
            return self.nowhere()
        except SourceFailed:
            raise Unavailable() from None

    @property
    def title(self) -> str:
        """What the page is called."""
        if self.link.shows_title:
            return self.obj.Title()
        return (
            _("Somebody shares a file with you")
            if self.is_download
            else _("Somebody shares a page with you")
        )

    @property
    def is_download(self) -> bool:
        """Whether the link hands out a file."""
        return self.link.action == DOWNLOAD

    @property
    def action_url(self) -> str:
        """Where the form goes: the link itself."""
        return f"{self.context.absolute_url()}/@@{LINK_PAGE}/{self._token()}"

    @property
    def is_in_the_way(self) -> bool:
        """Whether the visitor is logged in, and does not see what the link leads to.

        A link never takes the place of a person.
        """
        return self._is_person and not self._sees and not self.is_download

    def static(self, name: str) -> str:
        """The URL of a stylesheet."""
        url = self.context.absolute_url()
        return f"{url}/++resource++pas.plugins.tokenauth/{name}"

    def _answer(self) -> Any:
        if self.request.method == "POST":
            check_post(self.request)
            return self._open()
        if self.request.method not in ("GET", "HEAD"):
            raise Forbidden("Request must be GET or POST")
        # Nothing is stored for who only looks, not even what Plone stores by itself.
        transaction.doom()
        if self.is_download and (not is_opened_first(self.link) or self._is_opened()):
            return self._file()
        check_uses(self.link)
        return self.page()

    def _open(self) -> str:
        url = page_url(self.obj)
        if self._is_person and not self.is_download:
            # Who sees it needs no link, and who does not has to log out first.
            return self._redirected(url) if self._sees else str(self.page())
        try:
            opened = open_link(
                self.site, self.link, self._password, self._address, self.now
            )
        except TooManyTries as reason:
            self.request.response.setStatus(429)
            self.request.response.setHeader("Retry-After", f"{reason.seconds:.0f}")
            self.error = reason.message
            return str(self.page())
        if opened is None:
            self.request.response.setStatus(403)
            self.error = _("This is not the password.")
            return str(self.page())
        secret, seconds = opened
        if self.is_download:
            url = self.action_url
        below = self.obj.absolute_url() if not self.is_download else url
        set_cookie(self.request, self.link, secret, seconds, below)
        if not self.is_download:
            self._note_use()
        return self._redirected(url)

    def _redirected(self, url: str) -> str:
        self.request.response.redirect(without_api(url), status=303)
        return ""

    def _file(self) -> Any:
        with self._as_visitor():
            answer = LinkDownload(self.obj, self.request)()
        if self.request.method != "HEAD":
            self._note_use()
        return answer

    @contextmanager
    def _as_visitor(self) -> Iterator[None]:
        """Let the object be seen with the rights of the link, and nobody's own."""
        before = getSecurityManager()
        visitor = LinkVisitor(self.link.uid).__of__(self.site.portal.acl_users)
        newSecurityManager(self.request, visitor)
        try:
            yield
        finally:
            setSecurityManager(before)

    def _is_opened(self) -> bool:
        """Whether this browser has opened this link."""
        carried = secrets_in(self.request)
        return self.link in [
            visited_link(self.site, each, self.now) for each in carried
        ]

    def _note_use(self) -> None:
        plugin, link_id = plugin_of(self.site.portal), self.link.credential_id
        note_request(plugin, self.request, link_id, "", self.now)

    @property
    def _is_person(self) -> bool:
        return getSecurityManager().getUser().getId() is not None

    @property
    def _sees(self) -> bool:
        return bool(_checkPermission(View, self.obj))

    @property
    def _address(self) -> str:
        return client_address(self.request)

    def _token(self) -> str:
        return presented_link(self.request)

    def _taken(self, name: str) -> str:
        value = self.request.form.pop(name, "")
        self.request.other.pop(name, None)
        return value if isinstance(value, str) else ""


class LinkDownload(Download):
    """A file as an attachment, the whole or a part of it (RFC 9110 section 14)."""

    def __call__(self) -> Any:
        if self.request.method != "HEAD":
            return super().__call__()
        file = self._getFile()
        self.set_headers(file)
        self.handle_request_range(file)
        return ""

    def set_headers(self, file: Any) -> None:
        """Say what it is, but not where it is: that could be private, too."""
        response = self.request.response
        set_headers(file, response, filename=file.filename or self.context.getId())
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Content-Security-Policy", _SANDBOX)
