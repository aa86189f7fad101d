"""The frame of front-channel pages, which look the same on every site.

They are self-contained, because a theme brings scripts and resources of others along,
which have no business where somebody decides about access.
"""

from ..i18n import _
from ..site.view import SiteView
from ..web.frontchannel import front_channel_request
from ..web.frontchannel import UNTRANSFORMED
from ..web.isolation import OAuth2Request
from functools import cached_property
from plone.i18n.negotiate.ptsnegotiator import negotiate
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound

import secrets


#: Those that the sentences on the pages are translated to.
LANGUAGES = ("en", "de", "es", "fr", "it", "nl")
_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}';"
    " img-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class FrontChannelView(SiteView, BrowserView):
    """Base of the views. A subclass answers in :meth:`answer`."""

    methods: tuple[str, ...] = ("GET",)
    frame = ViewPageTemplateFile("templates/frame.pt")
    message_template = ViewPageTemplateFile("templates/message.pt")

    def __call__(self) -> str:
        prepared = front_channel_request(self.request)
        if prepared is None:
            # Reached on a path on which Zope has already read the request.
            raise NotFound()
        if prepared.method not in self.methods:
            self.request.response.setHeader("Allow", ", ".join(self.methods))
            return self.message(
                405,
                _("This request cannot be answered"),
                _("Begin again at the application."),
            )
        return self.answer(prepared)

    def answer(self, prepared: OAuth2Request) -> str:
        """The body of the answer."""
        raise NotImplementedError

    def prefer_languages(self, names: str) -> None:
        """Show pages in the first of these that there is, as OpenID's `ui_locales`."""
        wanted = (name[:2].lower() for name in names.split())
        known = next((name for name in wanted if name in LANGUAGES), None)
        binding = self.request.get("LANGUAGE_TOOL")
        if known is not None and binding is not None:
            binding.LANGUAGE = known

    @property
    def language(self) -> str:
        """The language of the page."""
        return negotiate(LANGUAGES, self.request) or LANGUAGES[0]

    @property
    def site_title(self) -> str:
        """What the site is called."""
        return str(self.site.portal.Title())

    @cached_property
    def nonce(self) -> str:
        """What tells our own style and script from any other (CSP)."""
        return secrets.token_urlsafe(16)

    @property
    def frame_macro(self) -> Any:
        """What a template fills in."""
        return self.frame.macros["page"]

    def page(self, template: Any, status: int = 200, **values: Any) -> str:
        """A page, as the body of the answer.

        :param template: a bound page template
        :param values: what it finds as ``options``
        """
        response = self.request.response
        response.setStatus(status)
        response.setHeader("Content-Type", UNTRANSFORMED)
        policy = _POLICY.format(nonce=self.nonce)
        response.setHeader("Content-Security-Policy", policy)
        # A macro does not bring it along.
        return f"<!DOCTYPE html>\n{template(**values)}"

    def message(
        self,
        status: int,
        heading: str,
        sentence: str,
        url: str = "",
        label: str = "",
    ) -> str:
        """A page that only says something.

        :param url: where a link leads, empty for none
        :param label: its text
        """
        return self.page(
            self.message_template,
            status,
            heading=heading,
            sentence=sentence,
            url=url,
            label=label,
        )

    def redirect(self, url: str) -> str:
        """Send the browser to a URL, byte for byte, by GET."""
        response = self.request.response
        # Zope's own way spells a URL anew.
        response.setStatus(303)
        response.setHeader("Location", url)
        return ""
