"""Contracts of fetching."""

from zope.interface import Interface


class IFetcher(Interface):
    """Sends requests to servers whose URL was named by people who are not trusted.

    A utility. Requests go to public addresses only, over TLS, follow no redirects, and
    take no more time than a few seconds.
    """

    def get(url, parse, max_size, is_known=False):
        """What `parse` makes of a JSON object, fetched or kept from before.

        It is kept as long as the answer says, from five minutes to a day, for the same
        function; a failure is kept for ten seconds, and for twice as long after each
        that took more than a second, up to ten minutes.

        Known documents have limits of their own, which strangers cannot use up, who can
        name any number of hosts. One thread waits for theirs, a quarter of the time at
        most if they go on.

        :param parse: gets the object as a dict; raises ValueError when it is not right
        :param max_size: bytes that the answer may have
        :param is_known: whether somebody who is known has relied on this URL before
        :raises FetchRefused: when no request is sent to the URL
        :raises FetchFailed: when there is no such document now
        """

    def post(url, form):
        """Send a form, and tell the status of the answer.

        :param form: mapping of strings
        :raises FetchRefused: when no request is sent to the URL
        :raises FetchFailed: when there is no answer
        """


class IDeliveries(Interface):
    """Sends forms off the path of requests, several times if it must: a utility.

    A host that does not answer keeps no other from its messages.
    """

    def post_later(url, make_form, may_redirect=False):
        """Send a form once the transaction of this thread is committed.

        What has not arrived is sent again three times: within a minute, if no other
        message to the same host is in its way. It is lost when the process ends.

        :param make_form: makes a mapping of strings, for each try anew, because what it
            says may be good for a short time only; in another thread, so it must not
            touch the database
        :param may_redirect: whether a redirect says that it has arrived, and not that
            it should have gone elsewhere; none is followed
        """
