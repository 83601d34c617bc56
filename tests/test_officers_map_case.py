"""Working on a case from the officers' map: answers, notes, photos, moves and new cases, at a desk and on a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from officers_page import DESK, PHONE, OfficersPage
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from served import served
from small_town import lonlat, make_town

pytestmark = pytest.mark.heavy

STREET = (250, 30)


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service of the little town, as whoever sits at the machine works on it."""
    town = make_town(tmp_path_factory.mktemp("town"))
    with served(town.settings) as address:
        yield address


@pytest.fixture(name="client")
def _client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


def at_location(client: httpx.Client, title: str = "Water on the curb", place: str = "121 Main Street") -> str:
    """A leak in a yard that stands at the question of the right of way."""
    made = client.post("/cases", json={"type": "leaks", "place": {"address": place}, "title": title})
    number = str(made.json()["number"])
    assert client.post(f"/cases/{number}/steps", json={"step": "site_visit"}).status_code == 200
    return number


def case_of(client: httpx.Client, number: str) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/cases/{number}").json()
    return told


def shown(browser: Browser, address: str, number: str, size: tuple[int, int] = DESK) -> OfficersPage:
    """The page with that case; on a phone with the sheet drawn up."""
    opened = OfficersPage(browser, address, size, case=number)
    opened.opened()
    if size == PHONE:
        opened.page.click("#sheet")
    return opened


def look_with_axe(page: Page, state: str) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], state


def done(page: Page, said: str) -> None:
    """Waits until the page says that this was done."""
    expect(page.locator("#view-case .news")).to_have_text(said, timeout=30_000)


def test_a_proposal_is_confirmed_and_the_case_goes_on(browser: Browser, address: str, client: httpx.Client) -> None:
    number = at_location(client)
    opened = shown(browser, address, number)
    page = opened.page
    expect(page.locator(".choice", has_text="Inside")).to_contain_text("Next: WD to Make Repairs (Water Distribution).")
    page.get_by_role("button", name="Confirm: Outside").click()
    done(page, "Answered: Outside.")
    expect(page.locator("#step-now")).to_contain_text("Front or behind meter?")
    page.get_by_text("Show the history").click()
    expect(page.locator("#history [data-kind=confirmed]")).to_contain_text(
        "confirmed the map's answer: outside, as the map says"
    )
    assert case_of(client, number)["answers"] == {"location": "outside"}
    assert opened.said == []
    page.close()


def test_an_override_needs_its_reason_and_is_put_right_later(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    page = shown(browser, address, number).page
    card = page.locator(".card", has=page.locator("[data-check=right_of_way]"))
    card.get_by_role("button", name="Answer otherwise").click()
    card.get_by_role("button", name="Answer so").click()
    expect(card.get_by_role("alert")).to_have_text("Still to fill in: Why not Outside?.")
    card.get_by_label("Why not Outside?").fill("Pins were found 4 ft behind")
    card.get_by_role("button", name="Answer so").click()
    done(page, "Answered: Inside.")
    expect(card).to_contain_text("Pins were found 4 ft behind")
    card.get_by_role("button", name="Put right").click()
    card.get_by_label("Why not Inside?").fill("It was the neighbour's")
    card.get_by_role("button", name="Answer so").click()
    done(page, "Answered: Outside.")
    assert case_of(client, number)["step"] == "meter_side"
    page.close()


def test_pressing_a_check_again_draws_all_that_cannot_tell(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    client.post(f"/cases/{number}/steps", json={"step": "location", "answer": "outside"})
    opened = shown(browser, address, number)
    page = opened.page
    check = page.locator("[data-check=right_of_way]")
    check.click()
    expect(page.locator("#drawn-now")).to_have_text("Drawn: Right of way.")
    check.click()
    expect(check).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#drawn-now")).to_have_text("Meter side: nothing can be drawn of it.")
    page.close()


def test_by_keyboard_an_answer_with_its_reason_is_given_in_the_step(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    page = shown(browser, address, number).page
    page.get_by_role("radio", name="Outside").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Inside")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Seen from the kerb")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    done(page, "Answered: Inside.")
    assert page.evaluate("() => document.activeElement.className") == "news"
    page.close()


def test_steps_ask_for_their_facts_and_a_wait_says_when_it_ends(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    for step, answer in (("location", "outside"), ("meter_side", "behind"), ("advise_owner", None)):
        body = {"step": step, "answer": answer, "why": "Seen"}
        assert client.post(f"/cases/{number}/steps", json=body).status_code == 200
    page = shown(browser, address, number).page
    expect(page.locator(".choice", has_text="No")).to_contain_text("With a letter: Notice 48 hours.")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Answer and go on").click()
    expect(page.locator(".step-now")).to_contain_text("A clock runs: 48 hours.")
    page.get_by_role("button", name="Done, go on").click()
    expect(page.locator(".step-now").get_by_role("alert")).to_contain_text("Notice issued on")
    page.get_by_label("Notice issued on").fill("2026-11-30")
    page.get_by_role("button", name="Done, go on").click()
    expect(page.locator(".step-now")).to_contain_text("waits")
    page.get_by_text("Go on before the deadline").click()
    page.get_by_label("Why does the wait end now?").fill("The plumber came")
    page.get_by_role("button", name="End the wait").click()
    done(page, "The wait has ended.")
    assert case_of(client, number)["step"] == "repairs_made"
    page.close()


def test_a_note_survives_that_somebody_was_faster_and_that_the_service_was_away(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    page = shown(browser, address, number).page
    page.get_by_role("radio", name="Inside").check()
    page.get_by_label("Why not the map's answer").fill("Typed for a long time")
    client.post(f"/cases/{number}/priority", json={"priority": 1, "why": "Traffic"})
    page.get_by_role("button", name="Answer and go on").click()
    alert = page.locator(".step-now").get_by_role("alert")
    expect(alert).to_contain_text("Nothing was overwritten, and what you typed is kept.")
    expect(alert).to_contain_text("priority")
    look_with_axe(page, "conflict")
    alert.get_by_role("button", name="Show the case as it is now").click()
    expect(page.locator("#view-case dl")).to_contain_text("Priority")
    expect(page.get_by_label("Why not the map's answer")).to_have_value("Typed for a long time")
    page.route("**/steps", lambda route: route.abort())
    page.get_by_role("button", name="Answer and go on").click()
    expect(page.locator(".step-now").get_by_role("alert")).to_contain_text("The service was not reached.")
    page.unroute("**/steps")
    page.get_by_role("button", name="Answer and go on").click()
    done(page, "Answered: Inside.")
    page.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_note_and_photo_are_kept_from_the_page(
    browser: Browser, address: str, client: httpx.Client, size: tuple[int, int]
) -> None:
    number = at_location(client)
    opened = shown(browser, address, number, size)
    page = opened.page
    page.locator("[data-work=note]").click()
    page.get_by_role("textbox", name="Note").fill("<b>Water</b> runs over the curb.")
    page.get_by_role("button", name="Keep the note").click()
    done(page, "Note kept.")
    expect(page.locator(".papers")).to_contain_text("<b>Water</b> runs over the curb.")
    page.locator("[data-work=photo]").click()
    look_with_axe(page, "photo")
    camera = page.locator("#case-work input[capture=environment]")
    assert camera.get_attribute("accept") == "image/*"
    camera.set_input_files({"name": "curb.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    done(page, "Attached: curb.jpg.")
    link = page.locator(".papers a", has_text="curb.jpg")
    assert client.get(str(link.get_attribute("href"))).content == photo()
    assert opened.said == []
    page.close()


def test_a_photo_goes_on_where_the_connection_broke(browser: Browser, address: str, client: httpx.Client) -> None:
    number = at_location(client)
    opened = shown(browser, address, number)
    page, sent = opened.page, []

    def break_once(route: Route) -> None:
        sent.append(route.request.headers["upload-offset"])
        if len(sent) == 2:
            route.abort()
        else:
            route.continue_()

    page.route(
        "**/uploads/*", lambda route: break_once(route) if route.request.method == "PATCH" else route.continue_()
    )
    large = photo(1400)
    assert len(large) > 2 * 512 * 1024
    page.locator("[data-work=photo]").click()
    page.locator("#case-work input[capture]").set_input_files(
        {"name": "large.png", "mimeType": "image/png", "buffer": large}
    )
    done(page, "Attached: large.png.")
    assert sent[:3] == ["0", str(512 * 1024), str(512 * 1024)]
    (kept,) = case_of(client, number)["attachments"]
    assert kept["size"] == len(large)
    page.close()


def test_a_file_that_is_not_taken_says_why(browser: Browser, address: str, client: httpx.Client) -> None:
    page = shown(browser, address, at_location(client)).page
    page.locator("[data-work=photo]").click()
    page.locator("#case-work input:not([capture])").set_input_files(
        {"name": "run.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    )
    expect(page.locator("#case-work").get_by_role("alert")).to_contain_text(".exe")
    page.close()


def photo(pixels: int = 40) -> bytes:
    """A picture: small as JPEG, large as PNG that cannot be packed."""
    kept = io.BytesIO()
    if pixels < 100:
        Image.new("RGB", (pixels, pixels), "navy").save(kept, "JPEG")
    else:
        Image.effect_noise((pixels, pixels), 120).save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_site_is_moved_with_old_and_new_answers_before_anything_is_kept(
    browser: Browser, address: str, client: httpx.Client, size: tuple[int, int]
) -> None:
    number = at_location(client)
    opened = shown(browser, address, number, size)
    page = opened.page
    page.locator("[data-work=move]").click()
    opened.settle()
    opened.click(STREET)
    way = page.locator(".compared [data-check=right_of_way]")
    expect(way).to_contain_text("Outside")
    expect(way).to_contain_text("Inside")
    expect(way).to_contain_text("changes")
    expect(page.locator(".moved")).to_contain_text("1 answer changes.")
    look_with_axe(page, "move")
    assert case_of(client, number)["place"]["revision"] == 0
    page.get_by_label("Why is it moved?").fill("Seen there")
    page.get_by_role("button", name="Save the new place").click()
    done(page, "The site was moved.")
    place = case_of(client, number)["place"]
    assert place["how_located"] == "map"
    assert 1.0 <= place["sigma_ft"] <= 20.0
    expect(page.get_by_role("button", name="Confirm: Inside")).to_be_visible()
    assert page.locator(".pin").count() == 0
    page.close()


def test_by_keyboard_the_pin_goes_to_the_crosshair_and_cancel_keeps_the_place(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    opened = shown(browser, address, number)
    page = opened.page
    page.locator("[data-work=move]").press("Enter")
    page.locator("#map canvas").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        opened.settle()
    page.keyboard.press("Enter")
    expect(page.locator(".moved")).to_contain_text("Moved by")
    page.get_by_role("button", name="Cancel").press("Enter")
    assert page.locator(".pin").count() == 0
    assert page.evaluate("() => document.activeElement.dataset.work") == "move"
    assert case_of(client, number)["place"]["moves"] == []
    page.close()


def test_the_pin_is_dragged_and_never_inherits_the_accuracy_of_a_fix(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    number = at_location(client)
    opened = shown(browser, address, number)
    page = opened.page
    lon, lat = lonlat(*STREET)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 30})
    page.locator("[data-work=move]").click()
    page.get_by_role("button", name="Use my location").click()
    sigma = page.get_by_label("Good to ± feet")
    expect(sigma).to_have_value("65")
    expect(page.locator("#case-work")).to_contain_text("From your location: 65.0 ft")
    opened.settle()
    x, y = opened.point(STREET)
    page.mouse.move(x, y - 20)
    page.mouse.down()
    page.mouse.move(x + 40, y - 20, steps=4)
    page.mouse.up()
    expect(page.locator("#case-work")).to_contain_text("Put down by hand at this zoom")
    assert float(sigma.input_value()) < 10
    page.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_case_is_opened_from_what_is_here_after_those_that_may_be_the_same(
    browser: Browser, address: str, client: httpx.Client, size: tuple[int, int]
) -> None:
    east = 650 if size == DESK else 750
    there = at_location(client, "Already known", f"{96 + east // 10} Main Street")
    opened = OfficersPage(browser, address, size)
    page = opened.page
    opened.open((east, 120), zoom=18.5)
    opened.click((east + 5, 150))
    page.get_by_role("button", name="Open a case here").click()
    page.get_by_label("Kind of case").select_option("leaks")
    expect(page.locator(f"[data-same={there}]")).to_be_visible()
    look_with_axe(page, "open a case")
    page.get_by_label("Title").fill("A second leak")
    page.get_by_role("button", name="Open a new case all the same").click()
    opened.opened()
    expect(page.locator("#view-case h2")).to_have_text("A second leak")
    number = page.locator("#view-case .quiet").first.inner_text().split(" ")[0]
    told = case_of(client, number)
    assert told["place"]["how_located"] == "map"
    assert told["parcel_id"] == f"N{east // 100 + 1}"
    page.close()


def test_the_accuracy_of_a_fix_becomes_the_sigma_of_the_case(
    browser: Browser, address: str, client: httpx.Client
) -> None:
    opened = OfficersPage(browser, address, PHONE)
    page = opened.page
    lon, lat = lonlat(850, 120)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 6})
    button = page.locator(".maplibregl-ctrl-geolocate")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    button.click()
    expect(page.locator(".maplibregl-user-location-accuracy-circle")).to_be_attached()
    page.get_by_role("button", name="Open a case here").click()
    expect(page.get_by_label("Good to ± feet")).to_have_value("13")
    page.get_by_label("Kind of case").select_option("leaks")
    page.get_by_role("button", name="Open the case").click()
    opened.opened()
    number = page.locator("#view-case .quiet").first.inner_text().split(" ")[0]
    place = case_of(client, number)["place"]
    assert (place["how_located"], place["datum"]) == ("gps", "GPS")
    assert place["sigma_ft"] >= 13.0
    page.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_while_a_case_is_worked_on(
    browser: Browser, address: str, client: httpx.Client, size: tuple[int, int]
) -> None:
    number = at_location(client)
    page = shown(browser, address, number, size).page
    look_with_axe(page, "step")
    page.get_by_role("button", name="Answer otherwise").click()
    look_with_axe(page, "override")
    page.locator("[data-work=note]").click()
    page.get_by_role("button", name="Keep the note").click()
    look_with_axe(page, "note with something missing")
    page.get_by_text("Show the history").click()
    expect(page.locator("#history li").first).to_be_visible()
    look_with_axe(page, "history")
    page.close()
