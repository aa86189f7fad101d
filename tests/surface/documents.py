"""A server with documents about clients, which does what it likes."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from tests.fetching.hostile import answers
from tests.fetching.hostile import Behaviour
from tests.fetching.hostile import drips
from tests.fetching.hostile import floods
from tests.fetching.hostile import Hostile
from tests.fetching.hostile import is_silent
from tests.fetching.hostile import sends
from tests.fetching.hostile import serving
from tests.surface.mutations import metadata
from threading import Event

import socket


#: How many documents there are: some are asked for again.
DOCUMENTS = 400
#: How the path of each ends.
DOCUMENT = "client.json"
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def hostile_documents(seed: int) -> Iterator[tuple[str, ...]]:
    """URLs of documents, at a server on this computer."""
    random = Random(seed)
    server: Hostile

    def behave(connection: socket.socket, over: Event) -> None:
        line = server.requests[-1].partition(b"\r\n")[0].decode("latin-1")
        path = line.split(" ")[1]
        url = f"http://127.0.0.1:{server.port}{path}"
        answer(random, url)(connection, over)

    with serving(behave) as server:
        base = f"http://127.0.0.1:{server.port}"
        yield tuple(f"{base}/{number}/{DOCUMENT}" for number in range(DOCUMENTS))


def answer(random: Random, url: str) -> Behaviour:
    """How the server behaves this time; mostly it answers with a document."""
    document = metadata(random, url)
    chance = random.random()
    if chance < 0.7:
        headers = ("Content-Type: application/json", f"Cache-Control: {_ages(random)}")
        return answers(document, "200 OK", *headers)
    if chance < 0.97:
        return random.choice(
            (
                answers(document, "302 Found", f"Location: {url}"),
                answers(document, "200 OK", "Content-Type: text/html"),
                answers(document, "500 Internal Server Error"),
                answers(document, "200 OK", "Content-Encoding: gzip"),
                answers(document, "299 " + "x" * 70_000),
                answers(b"", "204 No Content"),
                sends(document),
                sends(b""),
                sends(JSON + b"Content-Length: -1\r\n\r\n" + document),
                sends(JSON + b"Content-Length: 9999999\r\n\r\n" + document),
                sends(JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + document),
                sends(JSON + b"X: y\r\n" * 5000 + b"\r\n" + document),
                sends(b"HTTP/9.9 -1 \xff\r\n\r\n" + document),
                floods(JSON + b"\r\n", b"x" * 1000),
            )
        )
    return random.choice(
        (is_silent, drips(JSON, b"X: y\r\n"), drips(JSON + b"\r\n", b" "))
    )


def _ages(random: Random) -> str:
    return random.choice(
        ("no-store", "max-age=60", "max-age=-1", "max-age=" + "9" * 40, "max-age=x", "")
    )
