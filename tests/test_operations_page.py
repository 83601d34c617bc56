"""The administrator sees on one page how the service stands; nobody else sees it, and no name is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from case_doors import PASSWORD, Doors, opened
from playwright.sync_api import Browser
from served import served
from small_town import Town, make_town
from test_operations import figure

from api.schedules import run_named


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_town(tmp_path)


def test_only_administrators_see_it(doors: Doors) -> None:
    admin, officer = doors.add("root", "admin"), doors.add("ann", "ce")
    assert admin.get("/admin/operations").status_code == 200
    assert officer.get("/admin/operations").status_code == 403
    assert doors.public.get("/admin/operations").status_code == 401


def test_it_tells_what_ran_what_failed_and_what_waits_and_runs_no_script(doors: Doors) -> None:
    opened(doors.here, parties=[{"role": "reporter", "name": "Jane <b>Doe</b>"}])
    office = doors.app.state.office()
    run_named(doors.settings, office, "backup", "clock")
    run_named(doors.settings, office, "layers", "clock")
    answer = doors.add("root", "admin").get("/admin/operations")
    for said in ("7 failed", "cases-2", "parcels", "Cases that are open", "Tables of the case store", "never ran"):
        assert said in answer.text
    assert "Doe" not in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert answer.headers["cache-control"].startswith("private") or "no-store" in answer.headers["cache-control"]


def test_figures_tell_the_outcome_and_age_of_each_schedule(doors: Doors) -> None:
    office = doors.app.state.office()
    assert figure(doors, "gis_ce_schedule_ok", schedule="backup") is None
    run_named(doors.settings, office, "backup", "clock")
    run_named(doors.settings, office, "layers", "clock")
    assert figure(doors, "gis_ce_schedule_ok", schedule="backup") == 1
    assert figure(doors, "gis_ce_schedule_ok", schedule="layers") == 0
    assert 0 <= (figure(doors, "gis_ce_schedule_age_seconds", schedule="backup") or -1) < 600
    assert figure(doors, "gis_ce_schedule_age_seconds", schedule="layers") is None


@pytest.mark.heavy
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_it_can_be_read_on_a_desk_and_a_phone(
    doors: Doors, browser: Browser, size: tuple[int, int], tmp_path: Path
) -> None:
    doors.add("root", "admin")
    run_named(doors.settings, doors.app.state.office(), "backup", "clock")
    with served(doors.settings) as address:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(f"{address}/sign-in?then=/admin/operations")
        page.fill("#name", "root")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/admin/operations")
        assert page.get_by_role("heading", level=1).inner_text() == "Operations"
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page).response["violations"]
        page.close()
    assert [each["id"] for each in found] == []
