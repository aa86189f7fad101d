"""Signing an application out on one device, while it goes on on others."""

from ...credentials.errors import NotYours
from ...credentials.pages.form import CredentialForm
from ...i18n import _
from ...site.errors import InvalidInput
from ...storage.interfaces import IRefreshFamily
from ..kind import AUTHORIZATION
from ..service import device_of
from ..service import end_device
from contextlib import suppress
from functools import cached_property
from typing import Any


class EndDevice(CredentialForm):
    """``@@…-end-device``: asks, and does it."""

    page = "end-device"
    title = _("Sign out on this device?")
    submit_label = _("Sign out")

    @cached_property
    def credential(self) -> Any:
        """The authorization."""
        credential = super().credential
        if credential.kind != AUTHORIZATION.name:
            raise NotYours()
        return credential

    def description(self) -> str:
        device = self._device
        if device is None:
            return ""
        return _(
            "“${title}” is signed out at once on the device that was used last on"
            " ${time} from ${address}. It stays signed in on others, and may ask the"
            " person to log in again.",
            mapping={
                "title": self.credential.title,
                "time": self.localized(device.used_at),
                "address": device.address or "?",
            },
        )

    @cached_property
    def _device(self) -> IRefreshFamily | None:
        """What is signed out; None where there is none."""
        with suppress(InvalidInput):
            return self._found()
        return None

    def _found(self) -> IRefreshFamily:
        return device_of(self.site, self.credential, self.text("device"), self.now)

    def hidden(self) -> dict[str, str]:
        return {**super().hidden(), "device": self.text("device")}

    def check(self) -> None:
        self._found()

    def save(self) -> str:
        device_id = self.text("device")
        end_device(self.site, self.requester, self.credential, device_id, self.now)
        return self.go_to_list(_("The application is signed out on this device."))
