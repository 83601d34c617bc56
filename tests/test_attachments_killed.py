"""A process killed with -9 while it stores files: what was acknowledged is whole, and nothing is half there."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kept_files import send
from made_pictures import encoded, notes, scene

from gis_ce.attachments.folder import INCOMING
from gis_ce.attachments.verifying import verify
from layers.snapshot import UNFINISHED

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 10

_STORING = """
import os, random, signal, sys
from io import BytesIO
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from PIL import Image
from kept_files import ZONE, send
from made_pictures import encoded, notes
from gis_ce.attachments import keeping
from gis_ce.attachments.folder import AttachmentFolder, settle

folder, seed, die_at = Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

class Dying(BytesIO):
    def read(self, size=-1, /):
        if self.tell() and die_at == "arriving":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(200_000)

def settled(*arguments):
    done = settle(*arguments)
    if die_at == "between":
        os.kill(os.getpid(), signal.SIGKILL)
    return done

keeping.settle = settled
random.seed(seed)
print("ready", flush=True)
sys.stdin.readline()
while True:
    noise = Image.frombytes("RGB", (400, 400), random.randbytes(480_000))
    stored = keeping.keep(AttachmentFolder(folder), Dying(encoded(noise, "PNG", exif=notes())), "p.png", ZONE).stored
    print(stored.sha256, stored.stripped_sha256, flush=True)
"""


def storing(folder: Path, seed: int, die_at: str = "") -> subprocess.Popen[str]:
    """A process that stores one picture after the other, from the moment it starts to do so."""
    command = [sys.executable, "-c", _STORING, str(ROOT), str(folder), str(seed), die_at]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def acknowledged(process: subprocess.Popen[str]) -> set[str]:
    """The hashes that a killed process had told of, line by whole line."""
    told = process.communicate(timeout=60)[0]
    assert process.returncode == -signal.SIGKILL
    return {digest for line in told.split("\n")[:-1] for digest in line.split()}


def assert_whole(folder: Path, known: set[str]) -> None:
    """Every content that is there has its hash, all acknowledged ones are, and no file lies elsewhere."""
    contents = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != INCOMING]
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in contents)
    assert known <= {path.name for path in contents}
    assert [finding for finding in verify(folder, known) if finding.severity == "error"] == []


@pytest.mark.heavy
def test_ten_processes_killed_while_they_store(tmp_path: Path) -> None:
    moments = random.Random(2026)
    known: set[str] = set()
    for number in range(ROUNDS):
        process = storing(tmp_path, seed=number)
        time.sleep(moments.uniform(0.1, 0.8))
        process.kill()
        known |= acknowledged(process)
        assert_whole(tmp_path, known)
    assert len(known) > ROUNDS
    assert list((tmp_path / INCOMING).glob(f"*{UNFINISHED}")), "no process was killed in the middle of a file"


@pytest.mark.parametrize("moment", ["arriving", "between"])
def test_a_process_that_dies_in_the_middle_of_a_file(tmp_path: Path, moment: str) -> None:
    assert acknowledged(storing(tmp_path, seed=1, die_at=moment)) == set()
    assert_whole(tmp_path, set())
    assert len(list((tmp_path / INCOMING).iterdir())) == 1
    contents = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != INCOMING]
    assert len(contents) == (0 if moment == "arriving" else 1)


def test_a_file_whose_storing_was_killed_can_be_sent_again(tmp_path: Path) -> None:
    storing(tmp_path, seed=1, die_at="between").wait(60)
    stored = send(tmp_path, encoded(scene(), "PNG", exif=notes()), "p.png").stored
    assert_whole(tmp_path, {stored.sha256, str(stored.stripped_sha256)})
