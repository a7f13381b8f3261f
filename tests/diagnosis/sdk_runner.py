"""Loopback listeners that log who is called first, and a process that runs the real SDKs against them."""

from __future__ import annotations

import hashlib
import json
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

TOKEN = {
    "access_token": "not-a-real-token",
    "expires_in": "3600",
    "expires_on": str(int(time.time()) + 3600),
    "resource": "https://vault.azure.net",
    "token_type": "Bearer",
}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A failed TLS handshake is part of some cases."""


class Listeners:
    """imds, app, ml, arc over http and sf over TLS with a certificate of its own; ``called`` logs each request."""

    def __init__(self, folder: Path) -> None:
        self.called: list[str] = []
        self.servers: dict[str, Server] = {}
        self.thumbprint = ""
        for name in ("imds", "app", "ml", "arc", "sf"):
            self.servers[name] = self._serve(name, folder)

    def port(self, name: str) -> int:
        return int(self.servers[name].server_address[1])

    def _serve(self, name: str, folder: Path) -> Server:
        listeners = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                listeners.called.append(name)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.dumps(TOKEN).encode()
                self.send_response(401 if name == "arc" else 200)
                if name == "arc":
                    self.send_header("WWW-Authenticate", "Digest nothing")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        server = Server(("127.0.0.1", 0), Handler)
        if name == "sf":
            certificate = trustme.CA().issue_cert("localhost")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            der = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
            self.thumbprint = hashlib.sha1(der).hexdigest().upper()
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def close(self) -> None:
        for server in self.servers.values():
            server.shutdown()
            socketserver.TCPServer.server_close(server)


class SdkProcess:
    """The real SDKs, each case in a process of its own."""

    def __init__(self, python: str | Path = sys.executable) -> None:
        script = Path(__file__).with_name("sdk_process.py")
        self._process = subprocess.Popen(
            [python, "-W", "ignore", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"},
        )

    def run(self, client: str, variables: dict[str, str], **more: Any) -> str | None:
        """The error that this client's user sees, or None for a token."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"client": client, "variables": variables, **more}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        error = answer["error"]
        assert error is None or isinstance(error, str)
        return error

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait(timeout=10)


@contextmanager
def sdk_process(python: str | Path = sys.executable) -> Iterator[SdkProcess]:
    process = SdkProcess(python)
    try:
        yield process
    finally:
        process.close()
