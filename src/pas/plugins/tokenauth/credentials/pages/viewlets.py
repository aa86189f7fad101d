"""What Plone shows around the pages: what they are called, and where they are."""

from html import escape
from plone.app.layout.viewlets.common import PathBarViewlet
from plone.app.layout.viewlets.common import TitleViewlet
from zope.i18n import translate


class PageTitle(TitleViewlet):
    """The name of the window, which for other views is that of the content."""

    site_title: str

    def update(self) -> None:
        super().update()
        title = escape(translate(self.view.title, context=self.request))
        self.site_title = self.sep.join([title, self.site_title])


class PagePath(PathBarViewlet):
    """The path to the page, which for other views ends at the content."""

    breadcrumbs: tuple[dict[str, str], ...]

    def update(self) -> None:
        super().update()
        page = self.view
        steps = {page.place.list_title: page.url()}
        steps.setdefault(page.title, self.request.URL)
        self.breadcrumbs = (
            *self.breadcrumbs,
            *(
                {"Title": translate(title, context=self.request), "absolute_url": url}
                for title, url in steps.items()
            ),
        )
