"""Mails to owners: a key expires soon, a key was issued or changed for them.

Plain text with one link, which shows the list of keys and does nothing.
"""

from .reminding import notify
from .reminding import NotifyResult
from .sender import sends_mail


__all__ = ["NotifyResult", "notify", "sends_mail"]
