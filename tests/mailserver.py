"""A mail server that keeps what it gets, and a site that sends its mail there.

A test module takes the fixtures by `pytest_plugins`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from plone import api
from socketserver import BaseRequestHandler
from socketserver import StreamRequestHandler
from socketserver import ThreadingTCPServer
from threading import Thread
from typing import Any

import email
import email.policy
import pytest
import socket


class _Session(StreamRequestHandler):
    """As much SMTP as smtplib needs (RFC 5321)."""

    server: "MailServer"

    def handle(self) -> None:
        self._answer("220 ready")
        while line := self.rfile.readline():
            command = line.decode("ascii").strip()
            if command.upper() == "DATA":
                self._answer("354 go on")
                self.server.raw.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self._answer("250 kept")
            elif command.upper() == "QUIT":
                self._answer("221 bye")
                return
            elif any(address in command for address in self.server.refused):
                self._answer("550 nobody here")
            else:
                self._answer("250 fine")

    def _answer(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(ThreadingTCPServer):
    """A mail server on the loopback interface."""

    daemon_threads = True

    def __init__(self, handler: type[BaseRequestHandler] = _Session) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.port: int = self.server_address[1]
        #: Every mail as it came over the wire.
        self.raw: list[bytes] = []
        #: Addresses that get no mail.
        self.refused: list[str] = []

    @property
    def mails(self) -> list[EmailMessage]:
        return [_parsed(raw) for raw in self.raw]

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [mail for mail in self.mails if mail["To"] == address]


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def _send_mail_to(port: int) -> None:
    """Let the site send its mail to a port of this computer."""
    api.portal.set_registry_record("plone.smtp_host", "127.0.0.1")
    api.portal.set_registry_record("plone.smtp_port", port)
    api.portal.set_registry_record("plone.email_from_address", "site@example.org")
    api.portal.set_registry_record("plone.email_from_name", "Ümläut AG, IT")
    api.portal.set_registry_record("plone.site_title", "Intranet")


@contextmanager
def mail_server_of(site: Any) -> Iterator[MailServer]:
    """Run a mail server, to which the site sends its mail."""
    with MailServer() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            _send_mail_to(server.port)
            site.commit()
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def mail_server(site: Any) -> Iterator[MailServer]:
    """The mail server of the site."""
    with mail_server_of(site) as server:
        yield server


@pytest.fixture
def no_mail_server(site: Any) -> None:
    """A site whose mail server is down."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    _send_mail_to(port)
    site.commit()
