"""Definitions of processes: every rule of the reader, with the line, the place and what may have been meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from process_walks import KNOWN, RIGHT, mine

from gis_ce.errors import UnknownProcess
from gis_ce.file_errors import ProcessFileError
from gis_ce.process import Deadline, Field, Length
from gis_ce.process_files import open_processes, read_process, read_published, shipped_names, text_of, try_process
from gis_ce.process_settings import default_settings

MISTAKES = yaml.safe_load((Path(__file__).parent / "process_mistakes.yaml").read_text("utf-8"))


def mistakes(old: str, new: str) -> list[str]:
    """What is wrong with the right definition once a text in it is another."""
    assert RIGHT.count(old) == 1, old
    process, found = try_process(RIGHT.replace(old, new), KNOWN)
    assert (process is None) == bool(found)
    return found


def test_a_definition_is_read_with_everything_in_it() -> None:
    process = mine()
    assert list(process.steps) == ["start", "location", "repair", "open", "notice", "appeal", "end"]
    assert process.lanes == {"ce": "Code Enforcement", "wd": "Water Distribution"}
    assert process.recorded_by == {"wd": ("ce",)}
    assert process.start == "start"
    assert process.ends == ("end",)
    assert process.steps["location"].answers == {"inside": "repair", "outside": "notice"}
    assert process.steps["repair"].fields == (
        Field("cost", "money"),
        Field("photos", "attachments", (), True),
        Field("side", "choice", ("within", "outside"), True),
    )
    assert process.steps["appeal"].deadline == Deadline(setting="appeal_period", from_field="sent_on")
    assert process.steps["open"].returns
    assert process.steps["repair"].boxes == ("Repair",)


def test_the_version_is_the_hash_of_the_content() -> None:
    same, other = mine(), read_process(RIGHT.replace("A process", "Another process"), "mine.yaml", KNOWN)
    assert same.version == mine().version
    assert len(same.version) == 64
    assert other.version != same.version


def test_yes_and_no_stay_words() -> None:
    text = RIGHT.replace(
        "  check: right_of_way\n  answers: {inside: repair, outside: notice}", "  answers: {yes: repair, no: notice}"
    )
    assert read_process(text, "mine.yaml", KNOWN).steps["location"].answers == {"yes": "repair", "no": "notice"}


@pytest.mark.parametrize("row", MISTAKES, ids=[row["mistake"] for row in MISTAKES])
def test_each_mistake_is_named_with_its_line_and_its_place(row: dict[str, str]) -> None:
    found = mistakes(row["instead_of"], row["stands"])
    assert any(row["said"] in mistake for mistake in found), found


def test_all_mistakes_are_listed_at_once_by_line() -> None:
    text = (
        RIGHT.replace("lane: wd\n", "lane: wdd\n")
        .replace("prefix: MINE", "prefix: m")
        .replace("after sent_on", "after x")
    )
    found = try_process(text, KNOWN)[1]
    lines = [int(mistake.split()[1].rstrip(":")) for mistake in found]
    assert lines == sorted(lines)
    assert len(found) == 3
    with pytest.raises(ProcessFileError, match=r"mine.yaml has 3 mistakes:\n  line 4"):
        read_process(text, "mine.yaml", KNOWN)


@pytest.mark.parametrize(
    "text", ["", "a", "- a", "{}", "x: [", "a: 1\n---\nb: 2", "[" * 5000, "a: &x [*x]", "\x00", "? [a]\n: b"]
)
def test_what_is_no_definition_is_refused_in_words(text: str) -> None:
    process, found = try_process(text, KNOWN)
    assert process is None
    assert found
    assert all(mistake.startswith("line ") for mistake in found)


@given(st.data())
def test_no_change_of_a_definition_makes_the_reader_fail(data: st.DataObject) -> None:
    lines = RIGHT.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "twice", "word", "cut"]))
        word = data.draw(
            st.sampled_from(["null", "[]", "{}", "yes", "1", "'", "[a]", "end", "field:", "- x", "3 days"])
        )
        line = lines[at]
        lines[at] = {
            "drop": "",
            "twice": line * 2,
            "word": f"{line.partition(':')[0]}: {word}\n",
            "cut": line[: len(line) // 2],
        }[change]
    process, found = try_process("".join(lines), KNOWN)
    assert (process is None) == bool(found)


def test_a_citys_own_definition_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = text_of("leaks").replace("title: Leaks", "title: Leaks in our town")
    (tmp_path / "leaks.yaml").write_text(text, "utf-8")
    (tmp_path / "mine.yaml").write_text(RIGHT, "utf-8")
    processes = open_processes(default_settings(), tmp_path)
    assert processes["leaks"].title == "Leaks in our town"
    assert set(processes) == {*shipped_names(), "mine"}


def test_two_processes_do_not_share_a_prefix_and_a_file_is_named_for_its_process(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(RIGHT.replace("prefix: MINE", "prefix: DAM"), "utf-8")
    with pytest.raises(ProcessFileError, match="damages has the prefix DAM already"):
        open_processes(default_settings(), tmp_path)
    (tmp_path / "mine.yaml").unlink()
    (tmp_path / "other.yaml").write_text(RIGHT, "utf-8")
    with pytest.raises(ProcessFileError, match="its id is mine"):
        open_processes(default_settings(), tmp_path)


def test_an_unknown_process_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownProcess, match=r"There is no process 'leks'; did you mean 'leaks'\?"):
        text_of("leks", tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leaks.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProcessFileError, match="not UTF-8"):
        open_processes(default_settings(), tmp_path)


def test_a_length_reads_as_it_is_written() -> None:
    assert [str(Length(count, "working_days")) for count in (1, 3)] == ["1 working day", "3 working days"]


def test_a_published_definition_is_read_even_when_what_it_names_is_gone() -> None:
    text = RIGHT.replace("check: right_of_way", "check: gone_check").replace("setting:appeal_period", "setting:gone")
    text = text.replace("process: damages", "process: gone_process")
    assert len(try_process(text, KNOWN)[1]) == 3
    process = read_published(text, "mine.yaml")
    assert process.steps["location"].check == "gone_check"
    with pytest.raises(ProcessFileError, match="there is no lane"):
        read_published(text.replace("lane: wd\n", "lane: gone\n"), "mine.yaml")
