"""The staff pages over HTTP: the door, who may see what, addresses that nobody types, production."""

from __future__ import annotations

import fcntl
import os
import re
import time
from urllib.parse import urlencode

import pytest

from smsline.staff.accounts import add as add_account
from smsline.staff.accounts import read_accounts
from smsline.staff.signin import FREE, MOST, Delays

from .browser import EDITOR, VIEWER
from .conftest import ROOT
from .server import Server
from .visitor import Visitor

PAGES = ["/staff/", "/staff/phone", "/staff/content", "/staff/content/pep", "/staff/search?q=pep", "/staff/facts",
         "/staff/facts/pep-limit", "/staff/organisations", "/staff/organisations.csv", "/staff/organisations/comensha",
         "/staff/map", "/staff/coverage", "/staff/coverage.csv",
         "/staff/coverage?service=sti_test", "/staff/translations", "/staff/cards", "/staff/cards.css",
         "/staff/cards/sheet?language=ro&number=3669", "/staff/cards/sheet?number=0612345678&discreet=yes",
         "/staff/translations/ro", "/staff/translations/ro.po", "/staff/history",
         "/staff/jobs/0", "/staff/no-such-page"]  # fmt: skip


# --- the door -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_without_sign_in_a_page_leads_to_the_sign_in(nobody, path):
    answer = nobody.get(path, follow=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/staff/login?next=")


@pytest.mark.parametrize("path", [path for path in PAGES if "/jobs/" not in path and "no-such" not in path])
def test_signed_in_a_page_answers_and_loads_nothing_from_elsewhere(viewer, path):
    answer = viewer.get(path)
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.headers["Content-Type"].startswith("text/html"):
        assert not re.findall(r'(?:src|href|action)="(?!/staff/|#|tel:|\?)[^"]', answer.text)


def test_the_cookie_is_for_these_pages_of_this_site_only(nobody):
    cookie = nobody.get("/staff/login").headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/staff", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


def test_a_wrong_password_and_a_name_nobody_has_get_the_same_sentence(staff):
    staff.command("staff", "add", "olga", "--role", "viewer", "--generate")
    answers = [Visitor(staff.address).sign_in(name, "not the password") for name in ("olga", "nobody-of-that-name")]
    assert [answer.status for answer in answers] == [401, 401]
    assert [answer.said.count("Name or password is wrong.") for answer in answers] == [1, 1]
    assert answers[0].said.replace("olga", "") == answers[1].said.replace("nobody-of-that-name", "")


def test_after_some_wrong_passwords_the_right_one_has_to_wait_too(staff):
    printed = staff.command("staff", "add", "petra", "--role", "viewer", "--generate")
    password = printed.rpartition(" ")[2].strip()
    for _ in range(FREE + 1):
        answer = Visitor(staff.address).sign_in("petra", "wrong")
    assert "Wait 2 seconds." in answer.said
    answer = Visitor(staff.address).sign_in("petra", password)
    assert re.search(r"Too many wrong passwords. Wait [12] seconds.", answer.said)
    time.sleep(2.1)
    assert Visitor(staff.address).sign_in("petra", password).status == 200


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(tmp_path):
    delays = Delays(tmp_path / "delays", b"secret")
    waits = [delays.wrong("maria") for _ in range(14)]
    assert waits[:7] == [0, 0, 2, 4, 8, 16, 32]
    assert waits[-1] == MOST
    assert delays.wait("maria") in (MOST, MOST + 1)
    assert delays.wait("jan") == 0
    assert "maria" not in (tmp_path / "delays").read_text()
    delays.right("maria")
    assert delays.wait("maria") == 0


def test_names_that_nobody_has_keep_nobody_busy_and_nobody_out(tmp_path):
    delays = Delays(tmp_path / "delays", b"secret")
    assert [delays.is_flooded() for _ in range(21)] == [False] * 20 + [True]
    assert delays.wait("maria") == 0


def test_a_line_that_is_no_account_is_named_and_shuts_nobody_else_out(staff):
    path = staff.folder / "staff"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "garbage\nvera editor scrypt:1:2:3$a$b\n", encoding="utf-8")
    visitor = Visitor(staff.address)
    assert visitor.sign_in(VIEWER.name, VIEWER.password).path == "/staff/"
    assert visitor.sign_in("vera", "whatever").status == 401
    assert re.search(r"staff-accounts .*/staff:\d+  is no account\.", staff.log)
    path.write_text(before, encoding="utf-8")


def test_an_account_that_is_taken_away_is_out_at_once(staff):
    password = staff.command("staff", "add", "rosa", "--role", "editor", "--generate").rpartition(" ")[2].strip()
    visitor = Visitor(staff.address)
    assert visitor.sign_in("rosa", password).path == "/staff/"
    staff.command("staff", "remove", "rosa")
    assert visitor.get("/staff/", follow=False).status == 303


def test_signed_out_is_signed_out(staff):
    visitor = Visitor(staff.address)
    visitor.sign_in(VIEWER.name, VIEWER.password)
    visitor.post("/staff/logout", {"token": visitor.fields("/staff/", "/staff/logout")["token"]})
    assert visitor.get("/staff/", follow=False).status == 303


WAYS = [("/staff/map", "/staff/map"), ("https://example.org/", "/staff/"), ("//example.org", "/staff/"),
        ("/staff//example.org", "/staff/"), ("/staff/\\example.org", "/staff/")]  # fmt: skip


def test_who_signs_in_goes_on_to_a_page_of_ours_only(staff):
    for wanted, path in WAYS:
        visitor = Visitor(staff.address)
        token = visitor.fields("/staff/login", "/staff/login")["token"]
        typed = {"token": token, "name": VIEWER.name, "password": VIEWER.password, "next": wanted}
        assert visitor.post("/staff/login", typed).path == path


def test_accounts_are_kept_as_scrypt_for_their_owner_alone(staff):
    path = staff.folder / "staff"
    assert path.stat().st_mode & 0o777 == 0o600
    assert {one.hash.split("$")[0] for one in read_accounts(path).values()} == {"scrypt:32768:8:1"}
    assert EDITOR.password not in path.read_text(encoding="utf-8")


def test_in_production_there_are_no_pages_until_somebody_has_an_account(tmp_path):
    settings = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "SMSLINE_STAFF": str(tmp_path / "staff")}
    with Server(tmp_path, settings) as running:
        here = f"http://127.0.0.1:{running.port}"
        for path in ("/staff", "/staff/", "/staff/login", "/staff/map", "/staff/static/staff.css"):
            assert Visitor(here).get(path, follow=False).status == 404
        assert Visitor(here).post("/staff/login", {"name": "x"}, follow=False).status == 404
        (tmp_path / "staff").write_text("maria editor scrypt:32768:8:1$x$00\n", encoding="utf-8")
        answer = Visitor(here).get("/staff/login")
        assert answer.status == 200
        assert "Secure" in answer.headers["Set-Cookie"]


def test_after_idle_time_a_sign_in_has_ended_and_what_was_typed_is_still_there(tmp_path):
    settings = {"SMSLINE_STAFF": str(tmp_path / "staff"), "SMSLINE_STAFF_IDLE_SECONDS": "1"}
    with Server(tmp_path, settings) as running:
        password = re.search(r"name: editor  password: (\S+)", running.log).group(1)
        visitor = Visitor(f"http://127.0.0.1:{running.port}")
        visitor.sign_in("editor", password)
        fields = visitor.fields("/staff/content/pep?language=nl", "/staff/content/pep")
        fields |= {"t:pep.title": "Mijn <b>titel</b>", "action": "save"}
        time.sleep(2.1)
        answer = visitor.post("/staff/content/pep", fields)
        assert answer.status == 401
        assert "You were signed out. Sign in again: what you typed is still here." in answer.said
        login = {"token": re.search(r'name="token" value="([^"]+)"', answer.text).group(1), "name": "editor",
                 "password": password, "next": "/staff/content/pep", "kept:t:pep.title": "Mijn <b>titel</b>",
                 "kept:language": "nl"}  # fmt: skip
        again = visitor.post("/staff/login", login)
        assert 'name="t:pep.title" value="Mijn &lt;b&gt;titel&lt;/b&gt;"' in again.text
        typed = {"token": re.search(r'name="token" value="([^"]+)"', again.text).group(1), "action": "look",
                 "t:pep.title": "Mijn <b>titel</b>", "language": "nl"}  # fmt: skip
        form = visitor.post("/staff/content/pep", typed)
        assert "Mijn &lt;b&gt;titel&lt;/b&gt;</textarea>" in form.text


# --- pages -----------------------------------------------------------------------------------------------------


def test_a_viewer_reads_in_any_language_and_sees_the_screens(viewer):
    path = "/staff/content/pep"
    fields = viewer.fields(f"{path}?language=nl", "/staff/logout")
    for action in ("look", "part"):
        assert viewer.post(path, {**fields, "language": "ar", "action": action}).status == 200


ODD = ["/staff/?saved=%C2%B2", "/staff/?saved=99999999999", "/staff/history?before=%C2%B2", "/staff/history/9999999999",
       "/staff/translations/ro?page=%C2%B2&show=x", "/staff/content/pep?language=%00", "/staff/jobs/..%2f..%2fstaff",
       "/staff/translations/..%2f..", "/staff/facts/%E2%80%AE", "/staff/search?q=" + "x" * 3000]  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_an_odd_address_breaks_no_page(viewer, path):
    assert viewer.get(path).status in (200, 404)


def test_a_page_waits_for_no_check(staff, viewer):
    """While new content is looked at, its lock is held for up to half a minute."""
    with (staff.folder / "line.sqlite.content").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        path = staff.menus / "health.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
        began = time.monotonic()
        assert viewer.get("/staff/").status == 200
        assert time.monotonic() - began < 5
        path.write_bytes((ROOT / "menus" / "health.yaml").read_bytes())


def test_that_the_line_answers_with_it_is_said_only_when_it_does(staff, viewer):
    path = staff.menus / "health.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Call a GP", "Call 3 times a GP", 1), encoding="utf-8")
    answer = viewer.get("/staff/content/pep?saved=1")
    assert "Saved in the files. The line does not answer with it yet" in answer.said
    path.write_bytes((ROOT / "menus" / "health.yaml").read_bytes())


def test_a_table_waits_for_nobody_who_saves(staff, viewer):
    folder = os.open(staff.menus / "organisations", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert viewer.get("/staff/organisations.csv").status == 200
    os.close(folder)


def test_the_phone_goes_on_where_a_redial_left_it(viewer):
    path = "/staff/phone"
    fields = [("token", viewer.fields(path, path)["token"]), ("channel", "ussd"), ("country", "NL"), ("action", "send")]
    was = [("was", text) for text in ("*123#", "1", "*123#")] + [("when", "2026-11-24T12:00")] * 3
    answer = viewer.ask(path, urlencode([*fields, *was, ("text", "2"), ("at", "2026-11-24T12:00")]).encode())
    assert answer.text.count('name="was" value="*123#"') == 2
    assert "1 Continue" in answer.said
    assert "did not understand" not in answer.said


def test_signed_out_in_the_middle_of_a_conversation_it_all_comes_back(staff):
    visitor = Visitor(staff.address)
    was = [("was", "one"), ("was", "two"), ("text", "three"), ("action", "send")]
    answer = visitor.ask("/staff/phone", urlencode(was).encode())
    assert answer.status == 401
    assert re.findall(r'name="kept:(\w+)" value="(\w+)"', answer.text) == was


# --- in production -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A line in production, where most languages are not live, and an editor at its pages."""
    folder = tmp_path_factory.mktemp("live")
    settings = {"SMSLINE_ENV": "production", "SMSLINE_SECRET": "s" * 40, "SMSLINE_STAFF": str(folder / "staff")}
    add_account(folder / "staff", "maria", "editor", "a long enough password")
    with Server(folder, settings) as running:
        visitor = Visitor(f"http://127.0.0.1:{running.port}")
        token = visitor.fields("/staff/login", "/staff/login")["token"]
        for cookie in visitor.cookies:
            assert cookie.secure
            cookie.secure = False  # as if TLS stood in front
        typed = {"token": token, "name": "maria", "password": "a long enough password", "next": "/staff/phone"}
        visitor.post("/staff/login", typed, follow=False)
        for cookie in visitor.cookies:
            cookie.secure = False
        yield visitor


@pytest.mark.parametrize(
    "path", [*PAGES[:-2], "/staff/content/pep?language=ar", "/staff/content/phrase.ask?language=zh"]
)
def test_in_production_each_page_answers_also_for_languages_that_are_not_live(live, path):
    for cookie in live.cookies:
        cookie.secure = False
    assert live.get(path, follow=False).status == 200


def test_in_production_no_card_is_printed_in_a_language_that_is_not_answered(live):
    for cookie in live.cookies:
        cookie.secure = False
    answer = live.get("/staff/cards/sheet?language=ar&number=3669", follow=False)
    assert answer.status == 400
    assert 'There is no language "ar". Choose one of en, nl, ro.' in answer.said
