"""Pictures of the staff pages: a line with staff pages is started, an editor signs in, each row of `PICTURES` is shot.

`make screenshots` writes them to docs/pictures/. It needs Chromium, and fonts with Arabic and Chinese letters.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page  # noqa: E402

from tests.browser import Staff, chromium, missing, visiting  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
DESKTOP = {"width": 1200, "height": 800}
SMALL = {"width": 900, "height": 640}
PHONE = {"width": 390, "height": 844}
SHEET = {"width": 800, "height": 1130}

LARGEST = 200_000
"""Bytes of a file, so that the repository stays small."""

ARABIC = "انقطع الواقي الذكري"
"""The condom broke."""


def nothing(page: Page) -> None:
    """The page as it comes."""


def text_in_arabic(page: Page) -> None:
    """One text on the phone of the page, until it stands there."""
    page.locator("[name=text]").fill(ARABIC)
    page.locator("[name=text]").press("Enter")
    page.get_by_text(ARABIC).first.wait_for()
    page.wait_for_load_state()


def to_the_gap(page: Page) -> None:
    """The chapter with the map."""
    page.locator("#gap").evaluate("one => one.scrollIntoView()")


def to_the_map(page: Page) -> None:
    """The map, with what stands above it."""
    page.locator("h2", has_text="Where help is missing").evaluate("one => one.scrollIntoView()")


def to_the_cards(page: Page) -> None:
    """The second sheet."""
    page.locator(".grid").evaluate("one => one.scrollIntoView()")


class Picture(NamedTuple):
    """A row: the name of the file, the page, what to do on it first, and how large the window is."""

    file: str
    path: str
    first: Callable[[Page], None] = nothing
    viewport: dict[str, int] = DESKTOP


PICTURES = (
    Picture("phone.png", "/staff/phone", text_in_arabic),
    Picture("phone-on-a-phone.png", "/staff/phone", text_in_arabic, PHONE),
    Picture("content.png", "/staff/content/pep?language=nl"),
    Picture("organisations.png", "/staff/organisations"),
    Picture("translations.png", "/staff/translations"),
    Picture("map.png", "/staff/map", viewport=SMALL),
    Picture("coverage.png", "/staff/coverage", to_the_map, SMALL),
    Picture("poster.png", "/staff/cards/sheet?language=ar&number=%2B31612345678", viewport=SHEET),
    Picture("cards.png", "/staff/cards/sheet?language=ro&number=%2B31612345678", to_the_cards, SHEET),
)

TODAY = datetime.now(UTC)
MONTHS = f"from={TODAY - timedelta(days=150):%Y-%m}&to={TODAY - timedelta(days=60):%Y-%m}"

INVENTED = (
    Picture("report.png", f"/staff/report?{MONTHS}&municipality=Rotterdam"),
    Picture("gap.png", f"/staff/report?{MONTHS}", to_the_gap, SMALL),
)
"""Pages of a line whose store has an invented year."""


def shoot(page: Page, picture: Picture) -> str:
    """Writes a picture; what is wrong with it, or ""."""
    page.set_viewport_size(picture.viewport)
    answer = page.goto(picture.path)
    if answer is None or not answer.ok:
        return f"{picture.path} answered {answer and answer.status}."
    picture.first(page)
    file = FOLDER / picture.file
    page.screenshot(path=file, animations="disabled", scale="css")
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {size // 1000} kB")
    return f"{picture.file} is over {LARGEST // 1000} kB: show less of {picture.path}." if size > LARGEST else ""


def main() -> None:
    if missing():
        sys.exit(missing())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other, chromium() as browser:
        wrong = shown(browser, Staff(Path(folder)), PICTURES)
        store = f"sqlite:///{other}/demo.sqlite"
        command = [sys.executable, "-c", "from smsline.cli import main; main()", "demo", "--store", store]
        subprocess.run(command, check=True)
        wrong += shown(browser, Staff(Path(other), {"SMSLINE_STORE": store}), INVENTED)
    sys.exit("\n".join(wrong) or None)


def shown(browser: Browser, line: Staff, pictures: tuple[Picture, ...]) -> list[str]:
    """Shoots the pages of a line; what is wrong with them."""
    looks = {"device_scale_factor": 1, "locale": "en-GB", "timezone_id": "Europe/Amsterdam"}
    with line, visiting(browser, line.address, **looks) as (page, elsewhere):
        line.sign_in(page)
        wrong = [said for picture in pictures if (said := shoot(page, picture))]
    return wrong + [f"A page asked for {url}, which is not ours." for url in elsewhere]


if __name__ == "__main__":
    main()
