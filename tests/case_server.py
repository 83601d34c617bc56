"""The real service in a process of its own, and clients that write to it until it is killed."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
LEAK = {"type": "leaks", "place": {"address": "111 Main Street"}, "title": "Water on the curb"}


class Server:
    """`gis-ce serve` on a free port, with a case store."""

    def __init__(self, data: Path, cases: str, attachments: Path) -> None:
        own = {"GIS_CE_DATA": str(data), "GIS_CE_CASES": cases, "GIS_CE_ATTACHMENTS": str(attachments)}
        command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"]
        self.process = subprocess.Popen(
            command, env=os.environ | own | {"COLUMNS": "200"}, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = _ADDRESS.search(said)
        assert found is not None, said
        self.address = found[0]

    def client(self) -> httpx.Client:
        """Who sits at this machine."""
        return httpx.Client(base_url=self.address, timeout=60, trust_env=False)

    def said(self, request: bytes) -> bytes:
        """What comes back first for bytes on a bare socket; nothing where the service hangs up or waits for more."""
        with socket.create_connection(("127.0.0.1", int(self.address.rpartition(":")[2])), 1) as wire:
            try:
                wire.sendall(request)
                wire.shutdown(socket.SHUT_WR)
                return wire.recv(65_536)
            except (BrokenPipeError, ConnectionResetError, TimeoutError):
                return b""

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


@dataclass
class Sent:
    """One request with its key, and the answer once it has come."""

    path: str
    sent: dict[str, Any]
    key: str
    answer: dict[str, Any] | None = None

    def send(self, client: httpx.Client) -> dict[str, Any]:
        """The answer, which must be a good one."""
        response = client.post(self.path, headers={"Idempotency-Key": self.key}, **self.sent)
        assert response.status_code in (200, 201), response.text
        return dict(response.json())


@dataclass
class Writer:
    """Somebody who opens cases, notes things, attaches files and does steps, one request after the other."""

    server: Server
    name: str
    requests: list[Sent] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def start(self) -> Thread:
        """Write until the service is gone."""
        thread = Thread(target=self._write, daemon=True)
        thread.start()
        return thread

    @property
    def acknowledged(self) -> list[Sent]:
        """Requests whose answer came."""
        return [request for request in self.requests if request.answer is not None]

    def _write(self) -> None:
        chance, mine = random.Random(self.name), list[str]()
        with self.server.client() as client:
            while True:
                request = self._next(chance, mine)
                self.requests.append(request)
                try:
                    request.answer = request.send(client)
                except httpx.TransportError:
                    return
                except AssertionError as error:
                    self.failed.append(str(error))
                    return
                if request.path == "/cases":
                    mine.append(str(request.answer["number"]))

    def _next(self, chance: random.Random, mine: list[str]) -> Sent:
        key = f"{self.name} {len(self.requests)}"
        act = chance.random()
        if not mine or act < 0.4:
            return Sent("/cases", {"json": LEAK | {"title": key}}, key)
        case = chance.choice(mine)
        if act < 0.6:
            return Sent(f"/cases/{case}/notes", {"json": {"text": key}}, key)
        if act < 0.8:
            file = ("words.txt", f"{key}\n".encode(), "text/plain")
            return Sent(f"/cases/{case}/attachments", {"files": {"file": file}}, key)
        return Sent(f"/cases/{case}/priority", {"json": {"priority": chance.randrange(101), "why": key}}, key)
