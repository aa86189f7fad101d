"""Mails to owners: a credential expires soon, or was issued or changed for them.

Plain text with a link to the list of their credentials, which does nothing.
"""

from .reminding import notify
from .reminding import NotifyResult
from .sender import sends_mail


__all__ = ["NotifyResult", "notify", "sends_mail"]
