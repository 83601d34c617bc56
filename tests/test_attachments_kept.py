"""Files as they arrive: kept under their hash, once, unaltered; and what is refused leaves nothing behind."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import pytest
from kept_files import ZONE, files, original, refusal, send, stripped
from made_pictures import SECRET, encoded, gps_tags, jpeg, notes, rational, scene, taken, workbook

from gis_ce.attachments.folder import AttachmentFolder, open_content
from gis_ce.attachments.keeping import keep, read_photo
from gis_ce.attachments.limits import Limits
from gis_ce.attachments.verifying import verify
from gis_ce.errors import AttachmentMissing, AttachmentNotKept, AttachmentTooLarge
from gis_ce.tables import Attachment

ROOT = Path(__file__).resolve().parent.parent
THE_CALLERS = {"id", "case_id", "step", "field", "distance_from_site_ft", "at", "by"}


def test_a_file_lies_under_the_hash_of_its_bytes_unaltered(tmp_path: Path) -> None:
    sent = jpeg()
    kept = send(tmp_path, sent)
    digest = hashlib.sha256(sent).hexdigest()
    assert kept.stored.sha256 == digest
    assert (tmp_path / digest[:2] / digest).read_bytes() == sent
    assert kept.stored.size == len(sent)
    assert kept.stored.media_type == "image/jpeg"
    assert not kept.again


def test_the_file_of_evidence_keeps_its_notes_and_the_copy_has_none(tmp_path: Path) -> None:
    kept = send(tmp_path, jpeg())
    assert SECRET.encode() in original(tmp_path, kept)
    assert SECRET.encode() not in stripped(tmp_path, kept)


def test_a_row_has_just_the_columns_that_the_table_wants(tmp_path: Path) -> None:
    exif = notes(gps_tags(-78.64, 35.78, ImgDirection=rational(45), ImgDirectionRef="T"), taken("2026:11:20 09:30:00"))
    row = asdict(send(tmp_path, jpeg(exif)).stored)
    columns = {column.name for column in Attachment.__table__.columns}
    assert set(row) | THE_CALLERS == columns
    assert [name for name, value in row.items() if value is None] == ["distance_from_site_ft"]
    made = Attachment(**row)
    assert (made.lon, made.lat, made.bearing) == (pytest.approx(-78.64), pytest.approx(35.78), 45.0)


def test_the_same_file_sent_twice_lies_there_once_under_both_names(tmp_path: Path) -> None:
    first, second = send(tmp_path, jpeg(), "valve.jpg"), send(tmp_path, jpeg(), "lid.jpeg")
    assert second.again
    assert (first.stored.name, second.stored.name) == ("valve.jpg", "lid.jpeg")
    assert first.stored.sha256 == second.stored.sha256
    assert len(files(tmp_path)) == 2


def test_sending_a_file_again_mends_its_damaged_content(tmp_path: Path) -> None:
    kept = send(tmp_path, jpeg())
    damaged = tmp_path / kept.stored.sha256[:2] / kept.stored.sha256
    damaged.chmod(0o644)
    damaged.write_bytes(b"damaged")
    assert not send(tmp_path, jpeg()).again
    assert original(tmp_path, kept) == jpeg()


def test_kept_contents_cannot_be_written_to(tmp_path: Path) -> None:
    send(tmp_path, jpeg())
    assert {path.stat().st_mode & 0o222 for path in files(tmp_path)} == {0}


def test_what_is_no_picture_has_no_copy_for_anyone_else(tmp_path: Path) -> None:
    kept = send(tmp_path, workbook(), "costs.xlsx")
    assert kept.stored.stripped_sha256 is None
    assert len(files(tmp_path)) == 1


def test_the_notes_of_a_kept_photo_can_be_read_again(tmp_path: Path) -> None:
    kept = send(tmp_path, jpeg(notes(gps_tags(-78.64, 35.78))))
    folder = AttachmentFolder(tmp_path)
    assert read_photo(folder, kept.stored.sha256, kept.stored.media_type, ZONE) == kept.photo


def test_a_content_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(AttachmentMissing, match=r"No such file"):
        open_content(tmp_path, "0" * 64)
    with pytest.raises(AttachmentMissing, match="no hash"):
        open_content(tmp_path, "../../secret")


def test_a_file_over_the_limit_is_refused_before_it_has_all_arrived(tmp_path: Path) -> None:
    class Endless:
        read_so_far = 0

        def read(self, size: int, /) -> bytes:
            self.read_so_far += size
            return b"\xff" * size

    stream = Endless()
    with pytest.raises(AttachmentTooLarge, match=r"'long.jpg' is larger than 3 MB, the most that is taken"):
        keep(AttachmentFolder(tmp_path, Limits(size=3_000_000)), stream, "long.jpg", ZONE)
    assert stream.read_so_far <= 5_000_000
    assert files(tmp_path) == []


def test_a_file_of_just_the_limit_is_kept(tmp_path: Path) -> None:
    assert send(tmp_path, jpeg(), limits=Limits(size=len(jpeg()))).stored.size == len(jpeg())
    with pytest.raises(AttachmentTooLarge):
        send(tmp_path, jpeg(), limits=Limits(size=len(jpeg()) - 1))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"") == "'photo.jpg' is empty."


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError(104, "Connection reset by peer")
            return super().read(10)

    with pytest.raises(AttachmentNotKept, match="could not be kept: Connection reset by peer"):
        keep(AttachmentFolder(tmp_path), Broken(jpeg()), "photo.jpg", ZONE)
    assert files(tmp_path) == []


def test_the_same_file_sent_by_many_at_once_lies_there_once(tmp_path: Path) -> None:
    sent = encoded(scene((900, 700)), exif=notes())
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda _: send(tmp_path, sent), range(24)))
    assert len({each.stored.sha256 for each in kept}) == 1
    assert len(files(tmp_path)) == 2
    assert verify(tmp_path, {kept[0].stored.sha256, kept[0].stored.stripped_sha256 or ""}) == []


_SENT_OFTEN = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from kept_files import send
from made_pictures import jpeg
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    stored = send(Path(sys.argv[2]), jpeg(size=(300 + number % 3, 200))).stored
    print(stored.sha256, stored.stripped_sha256)
"""


def test_the_same_files_sent_by_several_processes_at_once_lie_there_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SENT_OFTEN, str(ROOT), str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [set(process.communicate(timeout=120)[0].split()) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert told == [told[0]] * 4
    assert {path.name for path in files(tmp_path)} == told[0]
    assert len(told[0]) == 6
    assert verify(tmp_path, told[0]) == []


_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from kept_files import send
from made_pictures import encoded, scene
from gis_ce.errors import AttachmentNotKept
picture = encoded(scene((900, 700)), "PNG", compress_level=0)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    send(Path(sys.argv[2]), picture, "photo.png")
except AttachmentNotKept as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ON_A_FULL_DISK, str(ROOT), str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said == "The attachment could not be kept: File too large.\n"
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(AttachmentNotKept, match="Not a directory"):
        send(tmp_path / "taken", jpeg())


def test_nothing_is_made_on_disk_before_a_name_is_taken(tmp_path: Path) -> None:
    refusal(tmp_path, jpeg(), "photo.exe")
    assert list(tmp_path.iterdir()) == []
