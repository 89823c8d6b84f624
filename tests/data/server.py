"""A mirror on this machine that serves a folder, well or badly."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Mirror(SimpleHTTPRequestHandler):
    """Serves the server's folder in the server's manner."""

    server: "Server"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = b""
        path = self.server.folder / self.path.lstrip("/")
        if path.is_file():
            content = path.read_bytes()
        match self.server.manner:
            case "well":
                self.answer(200, content)
            case "login page":
                self.answer(200, b"<html><body>Please log in</body></html>")
            case "altered":
                self.answer(200, content[:-1] + bytes([content[-1] ^ 1]))
            case "cut off":
                self.answer(200, content[: len(content) // 2])
            case "reset in mid-file":
                self.answer(200, content[: len(content) // 2], length=len(content))
            case "gzip bomb":
                self.answer(200, gzip.compress(bytes(10**8), mtime=0))
            case "redirect loop":
                self.answer(302, b"", Location=self.path)
            case "stalled":
                time.sleep(60)
            case "slow drip":
                self.answer(200, b"", length=10**6)
                for _ in range(600):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.1)
            case status:
                self.answer(int(status), b"no")

    def answer(self, status: int, content: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """A mirror with a folder, a manner, and a memory of what it was asked for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path, manner: str, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Mirror)
        self.scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        self.folder = folder
        self.manner = manner
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, *_: Any) -> None:
        """A client that has gone away is no news here."""


@contextmanager
def mirror(folder: Path, manner: str = "well", certificate: Path | None = None) -> Iterator[Server]:
    server = Server(folder, manner, certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refusing() -> str:
    """The address of a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"
