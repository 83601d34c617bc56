"""Files that arrive in pieces by the tus protocol: gone on with after a break, had only with the right hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import case_stores
import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from case_server import Server
from fastapi.testclient import TestClient
from made_pictures import gps_tags, jpeg, notes, taken, workbook_with
from small_town import Town, lonlat, make_town
from tusclient.client import TusClient

from api.case_clock import tidy
from gis_ce.attachments.folder import INCOMING, AttachmentFolder
from gis_ce.attachments.limits import LIMITS, Limits

SPEAKS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path) -> Doors:
    settings = town.settings.model_copy(update={"attachments": tmp_path / "attachments"})
    return doors_of(Town(**{**vars(town), "settings": settings}), own_store(tmp_path, sqlite_template))


@pytest.fixture(scope="module", name="photo")
def _photo() -> bytes:
    return jpeg(notes(gps_tags(*lonlat(150, 30)), taken("2026:03:02 10:00:00", "-05:00")), (400, 300))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def told(**words: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in words.items())


def begun(client: TestClient, content: bytes, name: str = "curb.jpg", **words: str) -> str:
    """The address of a new upload."""
    headers = {**SPEAKS, "Upload-Length": str(len(content))}
    response = client.post("/uploads", headers={**headers, "Upload-Metadata": told(filename=name, **words)})
    assert response.status_code == 201, response.text
    assert response.headers["upload-expires"].endswith("GMT")
    return str(response.headers["location"])


def piece(client: TestClient, address: str, offset: int, data: bytes, **more: str) -> Any:
    headers = {**SPEAKS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return client.patch(address, headers=headers, content=data)


def offset(client: TestClient, address: str) -> int:
    response = client.head(address, headers=SPEAKS)
    assert response.status_code == 200
    return int(response.headers["upload-offset"])


def contents(doors: Doors) -> list[str]:
    folder = doors.settings.attachments
    assert folder is not None
    return [path.name for path in folder.glob("*/*") if path.parent.name != INCOMING]


def pieces_of(doors: Doors) -> list[str]:
    folder = doors.settings.attachments
    assert folder is not None
    return sorted(path.suffix for path in (folder / INCOMING).iterdir())


def attach(client: TestClient, number: str, digest: str) -> dict[str, Any]:
    """What an item of a batch that attaches a file came to."""
    sent = {"key": str(uuid4()), "do": "attach", "case": number, "with": {"sha256": digest}}
    (result,) = ok(client.post("/sync/batch", json={"items": [sent]}))["results"]
    return dict(result)


def test_a_photo_in_three_pieces_is_had_and_attached(doors: Doors, photo: bytes) -> None:
    here, number, digest = doors.here, opened(doors.here), sha256(photo)
    address, third = begun(here, photo, sha256=digest), len(photo) // 3
    assert attach(here, number, digest)["http"] == 404
    for start in (0, third):
        answer = piece(here, address, start, photo[start : start + third])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(start + third))
        assert "upload-sha256" not in answer.headers
        assert ok(here.get(f"/uploads/have/{digest}")) == {"sha256": digest, "have": False, "cases": []}
    assert ok(here.get(address)) | {"expires_at": ""} == {
        "id": address.rpartition("/")[2],
        "name": "curb.jpg",
        "state": "arriving",
        "length": len(photo),
        "offset": 2 * third,
        "sha256": None,
        "said": None,
        "expires_at": "",
    }
    last = piece(here, address, 2 * third, photo[2 * third :])
    assert (last.status_code, last.headers["upload-sha256"]) == (204, digest)
    assert ok(here.get(address))["state"] == "have"
    assert pieces_of(doors) == []
    result = attach(here, number, digest)
    assert "ft away" in result["done"]["made"]["photo"]
    assert ok(here.get(f"/uploads/have/{digest}")) == {"sha256": digest, "have": True, "cases": [number]}
    fetched = here.get(f"/cases/{number}/attachments/{result['done']['made']['attachment']}")
    assert fetched.content == photo


def test_what_is_spoken_is_told(doors: Doors) -> None:
    answer = doors.here.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "checksum", "termination", "expiration"}
    assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"
    assert answer.headers["tus-max-size"] == str(LIMITS.size)


def test_the_same_file_begun_twice_by_a_device_is_one_upload(doors: Doors, photo: bytes) -> None:
    here, own = doors.here, str(uuid4())
    one = begun(here, photo, id=own)
    assert piece(here, one, 0, photo[:10]).status_code == 204
    assert begun(here, photo, id=own) == one == f"/uploads/{own}"
    assert offset(here, one) == 10
    headers = {**SPEAKS, "Upload-Length": "7", "Upload-Metadata": told(filename="curb.jpg", id=own)}
    assert "came before with another file" in problem(here.post("/uploads", headers=headers), 422)


def test_a_piece_at_the_wrong_place_or_beyond_the_end_changes_nothing(doors: Doors, photo: bytes) -> None:
    here, address = doors.here, begun(doors.here, photo)
    assert piece(here, address, 0, photo[:100]).status_code == 204
    for wrong in (0, 99, 101):
        assert "has 100 bytes here" in problem(piece(here, address, wrong, photo[100:101]), 409)
    assert "beyond" in problem(piece(here, address, 100, photo), 413)
    assert "beyond" in problem(here.patch(address, headers=_unsized(100), content=iter([photo[100:], b"x"])), 413)
    assert offset(here, address) == 100
    assert "upload-sha256" in piece(here, address, 100, photo[100:]).headers


def _unsized(start: int) -> dict[str, str]:
    return {**SPEAKS, "Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_piece_with_a_wrong_checksum_is_not_kept(doors: Doors, photo: bytes, algorithm: str) -> None:
    here, address = doors.here, begun(doors.here, photo)
    digest = base64.b64encode(hashlib.new(algorithm, photo[:100]).digest()).decode()
    damaged = piece(here, address, 0, b"x" + photo[1:100], Upload_Checksum=f"{algorithm} {digest}")
    assert "send it again" in problem(damaged, 460)
    assert offset(here, address) == 0
    assert piece(here, address, 0, photo[:100], Upload_Checksum=f"{algorithm} {digest}").status_code == 204
    assert offset(here, address) == 100
    for wrong in ("md5 AAAA", "sha1", "sha256 !!", ""):
        assert problem(piece(here, address, 100, b"x", Upload_Checksum=wrong), 400 if wrong != "sha1" else 460)
    assert offset(here, address) == 100


def test_a_file_with_another_hash_is_never_had(doors: Doors, photo: bytes) -> None:
    here, address = doors.here, begun(doors.here, photo, sha256=sha256(photo + b"x"))
    assert "arrived with the hash" in problem(piece(here, address, 0, photo), 460)
    assert "arrived with the hash" in problem(here.patch(address, headers=_unsized(0), content=photo), 410)
    assert here.head(address, headers=SPEAKS).status_code == 410
    assert ok(here.get(address))["state"] == "refused"
    assert ok(here.get(f"/uploads/have/{sha256(photo)}"))["have"] is False
    assert (contents(doors), pieces_of(doors)) == ([], [])


def test_what_no_attachment_may_be_is_refused_in_pieces_too(doors: Doors, photo: bytes) -> None:
    here = doors.here
    bomb = workbook_with({"xl/media/much.bin": b"0" * 30_000_000})
    for content, name, status, said in (
        (bomb, "list.xlsx", 413, "would unpack to"),
        (photo, "list.pdf", 422, "list.pdf"),
        (photo[:-200], "curb.jpg", 422, "curb.jpg"),
        (b"MZ\x90\0" * 100, "words.txt", 422, "words.txt"),
    ):
        address = begun(here, content, name)
        assert said in problem(piece(here, address, 0, content), status)
        assert ok(here.get(address))["state"] == "refused"
    for name, status in (("virus.exe", 422), ("../../etc/passwd", 422), ("a\0.jpg", 422), ("", 400)):
        headers = {**SPEAKS, "Upload-Length": "10", "Upload-Metadata": told(filename=name)}
        assert problem(here.post("/uploads", headers=headers), status)
    assert (contents(doors), pieces_of(doors)) == ([], [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "5"}, 412),
        ({"Upload-Length": "5"}, 412),
        ({**SPEAKS}, 400),
        ({**SPEAKS, "Upload-Length": "-1"}, 400),
        ({**SPEAKS, "Upload-Length": "9" * 30}, 400),
        ({**SPEAKS, "Upload-Length": "0", "Upload-Metadata": told(filename="a.txt")}, 422),
        ({**SPEAKS, "Upload-Length": str(LIMITS.size + 1), "Upload-Metadata": told(filename="a.txt")}, 413),
        ({**SPEAKS, "Upload-Length": "5", "Upload-Defer-Length": "1"}, 400),
        ({**SPEAKS, "Upload-Length": "5", "Upload-Metadata": "filename !!!"}, 400),
        ({**SPEAKS, "Upload-Length": "5", "Upload-Metadata": "filename /w=="}, 400),
        ({**SPEAKS, "Upload-Length": "5", "Upload-Metadata": told(filename="a.txt", sha256="x")}, 422),
        ({**SPEAKS, "Upload-Length": "5", "Upload-Metadata": told(filename="a.txt", id="../../../x")}, 422),
    ],
)
def test_an_upload_that_makes_no_sense_does_not_begin(doors: Doors, headers: dict[str, str], status: int) -> None:
    assert problem(doors.here.post("/uploads", headers=headers), status)
    folder = doors.settings.attachments
    assert folder is not None
    assert not folder.exists()


def test_nobody_reaches_somebody_elses_upload(doors: Doors, photo: bytes) -> None:
    ann, bob = doors.add("ann", "ce"), doors.add("bob", "ce")
    address = begun(ann, photo)
    for response in (
        piece(bob, address, 0, photo),
        bob.get(address),
        bob.delete(address, headers=SPEAKS),
        bob.get("/uploads/..%2F..%2Fcases.sqlite"),
    ):
        assert response.status_code == 404
    assert bob.head(address, headers=SPEAKS).status_code == 404
    for response in (piece(doors.public, address, 0, photo), doors.public.get(address)):
        assert problem(response, 401)
    assert problem(piece(ann, address, 0, photo, Origin="https://elsewhere.example"), 403)
    assert offset(ann, address) == 0
    assert piece(ann, address, 0, photo).headers["upload-sha256"] == sha256(photo)
    assert attach(bob, opened(ann), sha256(photo))["http"] == 404


def test_nobody_may_have_more_under_way_than_the_limits_say(doors: Doors, photo: bytes) -> None:
    office = doors.app.state.office()
    few = AttachmentFolder(office.attachments.path, Limits(uploads=2, under_way=3 * len(photo)))
    doors.app.state.office = lambda: type(office)(**{**_parts(office), "attachments": few})
    here = doors.here
    addresses = [begun(here, photo), begun(here, photo)]
    headers = {**SPEAKS, "Upload-Length": "5", "Upload-Metadata": told(filename="a.txt")}
    assert "2 files under way" in problem(here.post("/uploads", headers=headers), 413)
    assert here.delete(addresses[0], headers=SPEAKS).status_code == 204
    assert here.head(addresses[0], headers=SPEAKS).status_code == 404
    headers["Upload-Length"] = str(3 * len(photo))
    assert "under way" in problem(here.post("/uploads", headers=headers), 413)
    assert piece(here, addresses[1], 0, photo).status_code == 204
    assert here.post("/uploads", headers=headers).status_code == 201


def _parts(office: Any) -> dict[str, Any]:
    return {name: getattr(office, name) for name in type(office).__slots__}


def test_what_did_not_arrive_in_time_is_cleared_away_and_what_is_had_stays(doors: Doors, photo: bytes) -> None:
    here, office = doors.here, doors.app.state.office()
    late, had = begun(here, photo), begun(here, photo)
    piece(here, late, 0, photo[:10])
    piece(here, had, 0, photo)
    tidy(office, datetime.now(UTC) + timedelta(days=6))
    assert offset(here, late) == 10
    tidy(office, datetime.now(UTC) + timedelta(days=8))
    assert here.head(late, headers=SPEAKS).status_code == 404
    assert pieces_of(doors) == []
    assert ok(here.get(f"/uploads/have/{sha256(photo)}"))["have"] is True


def test_a_content_that_was_damaged_later_is_not_had(doors: Doors, photo: bytes) -> None:
    here, digest = doors.here, sha256(photo)
    piece(here, begun(here, photo), 0, photo)
    folder = doors.settings.attachments
    assert folder is not None
    path = folder / digest[:2] / digest
    path.chmod(0o644)
    path.write_bytes(photo[:-1])
    assert ok(here.get(f"/uploads/have/{digest}"))["have"] is False
    assert problem(here.get("/uploads/have/..%2Fx"), 404)
    assert problem(here.get(f"/uploads/have/{digest.upper()}"), 400)


@pytest.fixture(name="server")
def _server(town: Town, tmp_path: Path, sqlite_template: Path) -> Iterator[list[Server]]:
    """A real service; a test that kills it puts the next one in its place."""
    url = own_store(tmp_path, sqlite_template)
    running = [Server(town.settings.data, url, tmp_path / "attachments")]
    yield running
    running[0].kill()


@pytest.mark.heavy
def test_an_upload_goes_on_after_the_service_was_killed_and_the_official_client_ends_it(
    server: list[Server], town: Town, tmp_path: Path, photo: bytes
) -> None:
    """Killed three times: between two pieces, in the middle of a piece, and with the last byte just come."""
    content, digest = photo, sha256(photo)
    third, url = len(content) // 3, f"sqlite:///{tmp_path / 'cases.sqlite'}"
    folder = tmp_path / "attachments"

    def again() -> str:
        server[0].kill()
        server[0] = Server(town.settings.data, url, folder)
        return server[0].address

    with server[0].client() as client:
        answer = client.post(
            "/uploads",
            headers={
                **SPEAKS,
                "Upload-Length": str(len(content)),
                "Upload-Metadata": told(filename="curb.jpg", sha256=digest),
            },
        )
        address = answer.headers["location"]
        sent = client.patch(address, headers=_unsized(0), content=content[:third])
        assert sent.headers["upload-offset"] == str(third)
    again()
    with server[0].client() as client:
        assert client.head(address, headers=SPEAKS).headers["upload-offset"] == str(third)

        def cut_off() -> Iterator[bytes]:
            yield content[third : third + 1000]
            server[0].kill()
            yield content[third + 1000 :]

        with pytest.raises(Exception, match=r".*"):
            client.patch(address, headers=_unsized(third), content=cut_off())
    path = folder / INCOMING / f"{address.rpartition('/')[2]}.part"
    came = path.read_bytes()
    assert came == content[: len(came)]
    assert third <= len(came) <= third + 1000
    tus = TusClient(again())
    uploader = tus.uploader(
        str(_file(tmp_path, content)), url=f"{server[0].address}{address}", chunk_size=third, upload_checksum=True
    )
    assert uploader.offset == len(came)
    uploader.upload(stop_at=2 * third)
    path.write_bytes(content)
    again()
    with server[0].client() as client:
        answer = client.head(address, headers=SPEAKS)
        assert answer.headers["upload-sha256"] == digest
        assert client.get(f"/uploads/have/{digest}").json()["have"] is True


def _file(folder: Path, content: bytes) -> Path:
    made = folder / "curb.jpg"
    made.write_bytes(content)
    return made


def test_the_official_client_sends_a_file_with_checksums(server: list[Server], tmp_path: Path, photo: bytes) -> None:
    tus = TusClient(f"{server[0].address}/uploads")
    words = {"filename": "curb.jpg", "sha256": sha256(photo)}
    uploader = tus.uploader(str(_file(tmp_path, photo)), chunk_size=5_000, metadata=words, upload_checksum=True)
    uploader.upload()
    with server[0].client() as client:
        assert client.get(f"/uploads/have/{sha256(photo)}").json()["have"] is True


def test_uploads_on_postgis_are_settled_as_on_sqlite(
    town: Town, tmp_path: Path, postgis_case_url: str, photo: bytes
) -> None:
    case_stores.emptied(postgis_case_url).close()
    settings = town.settings.model_copy(update={"attachments": tmp_path / "attachments"})
    doors = doors_of(Town(**{**vars(town), "settings": settings}), postgis_case_url)
    address = begun(doors.here, photo, sha256=sha256(photo))
    assert piece(doors.here, address, 0, photo).headers["upload-sha256"] == sha256(photo)
    number = opened(doors.here)
    assert attach(doors.here, number, sha256(photo))["status"] == "done"
    assert len(ok(doors.here.get(f"/cases/{number}/attachments"))["attachments"]) == 1
