"""The staff pages over HTTP: the door, what was typed, what is refused, files that come back."""

from __future__ import annotations

import csv
import fcntl
import io
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
from .server import Server, said
from .visitor import Visitor

PAGES = ["/staff/", "/staff/phone", "/staff/content", "/staff/content/pep", "/staff/search?q=pep", "/staff/facts",
         "/staff/facts/pep-limit", "/staff/organisations", "/staff/organisations.csv", "/staff/organisations/comensha",
         "/staff/map", "/staff/coverage", "/staff/coverage.csv",
         "/staff/coverage?service=sti_test", "/staff/translations",
         "/staff/translations/ro", "/staff/translations/ro.po", "/staff/history",
         "/staff/jobs/0", "/staff/no-such-page"]  # fmt: skip


@pytest.fixture
def nobody(staff) -> Visitor:
    return Visitor(staff.address)


@pytest.fixture(scope="module")
def editor(staff) -> Visitor:
    visitor = Visitor(staff.address)
    assert visitor.sign_in(EDITOR.name, EDITOR.password).status == 200
    return visitor


@pytest.fixture(scope="module")
def viewer(staff) -> Visitor:
    visitor = Visitor(staff.address)
    assert visitor.sign_in(VIEWER.name, VIEWER.password).status == 200
    return visitor


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


# --- forms ------------------------------------------------------------------------------------------------------


def test_a_viewer_looks_and_changes_nothing(viewer):
    fields = viewer.fields("/staff/content/pep", "/staff/content/pep") | {"action": "save"}
    answer = viewer.post("/staff/content/pep", fields)
    assert answer.status == 403
    assert "Your account may look, and not change anything." in answer.said
    assert "Save" not in viewer.get("/staff/content/pep").said
    assert viewer.post(
        "/staff/phone", viewer.fields("/staff/phone", "/staff/phone") | {"text": "pep", "action": "send"}
    )


POSTS = ["/staff/content/pep", "/staff/facts/pep-limit", "/staff/organisations/comensha",
         "/staff/organisations/comensha/verified", "/staff/translations/ro/confirm", "/staff/translations/ro/take",
         "/staff/translations/ro/upload", "/staff/history/1/undo", "/staff/logout", "/staff/language"]  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_the_token_of_this_sign_in_changes_nothing(editor, path):
    answer = editor.post(path, {"token": "of-another", "s:pep.title": "Mine", "action": "save"})
    assert answer.status == 403
    assert "Nothing was changed yet; look at it, and send it again." in answer.said
    assert 'name="s:pep.title" value="Mine"' in answer.text


def test_a_form_of_another_site_is_not_even_shown_again(editor):
    typed = {"token": "guessed", "s:pep.title": "Theirs"}
    answer = editor.post("/staff/content/pep", typed, Sec_Fetch_Site="cross-site")
    assert answer.status == 403
    assert "Theirs" not in answer.text


NASTY = "<script>alert(1)</script>\"'{{7*7}}&amp;=cmd|A0"


def test_what_is_typed_is_text_on_every_page(editor):
    fields = editor.fields("/staff/content/pep?language=nl", "/staff/content/pep")
    names = [name for name in fields if name[:2] in ("s:", "t:")]
    form = editor.post("/staff/content/pep", {**fields, **dict.fromkeys(names, NASTY), "action": "look"})
    organisation = editor.fields("/staff/organisations/comensha", "/staff/organisations/comensha")
    names = [name for name in organisation if name[:2] == "s:"]
    other = editor.post(
        "/staff/organisations/comensha", {**organisation, **dict.fromkeys(names, NASTY), "action": "look"}
    )
    phone = editor.fields("/staff/phone", "/staff/phone")
    texted = editor.post("/staff/phone", {**phone, "text": NASTY, "action": "send"})
    searched = editor.get("/staff/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    for answer in (form, other, texted, searched):
        assert answer.status in (200, 409)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert "49" not in re.findall(r"alert\(1\)[^<]*", answer.text)[0]


def test_control_characters_and_halves_of_letters_break_no_page(editor):
    for typed in ("\x00\x1b\u202e", "%ED%A0%80", "\ufffe" * 50, "a" * 5000):
        phone = editor.fields("/staff/phone", "/staff/phone")
        assert editor.post("/staff/phone", {**phone, "text": typed, "action": "send", "at": typed}).status == 200
        fields = editor.fields("/staff/content/pep?language=nl", "/staff/content/pep")
        assert editor.post("/staff/content/pep", {**fields, "s:pep.answer": typed, "action": "look"}).status == 200


def test_a_table_has_no_formulas(staff, editor):
    name = "organisations/comensha"
    fields = editor.fields(f"/staff/{name}", f"/staff/{name}") | {"s:comensha.note": "=HYPERLINK(1)", "action": "save"}
    answer = editor.saved(editor.post(f"/staff/{name}", fields))
    assert "Saved. The line answers with it." in answer.said
    rows = list(csv.DictReader(io.StringIO(editor.get("/staff/organisations.csv").text)))
    row = next(row for row in rows if row["id"] == "comensha")
    assert row["note"] == "'=HYPERLINK(1)"
    assert row["phone"].startswith("+31 ")
    table = staff.folder / "again.csv"
    table.write_text(editor.get("/staff/organisations.csv").text, encoding="utf-8")
    assert "0 added, 0 changed" in staff.command("orgs", "import", str(table), "--dry-run")


# --- saving over HTTP -------------------------------------------------------------------------------------------


def test_a_fact_that_changed_is_answered_in_every_language(staff, editor):
    fields = editor.fields("/staff/facts/pep-limit", "/staff/facts/pep-limit")
    answer = editor.saved(
        editor.post("/staff/facts/pep-limit", {**fields, "s:pep-limit.value": "70", "action": "save"})
    )
    assert "Saved." in answer.said
    assert "70" in said(staff.sms("PEP", "+31611111111"))
    assert "70" in said(staff.sms("ПЕП", "+31611111112")) or "70" in editor.get("/staff/facts/pep-limit").said
    number = re.search(r"/staff/history/(\d+)", answer.text).group(1)
    undo = f"/staff/history/{number}/undo"
    token = editor.fields(f"/staff/history/{number}", undo)["token"]
    assert "Saved." in editor.saved(editor.post(undo, {"token": token})).said
    assert "72" in said(staff.sms("PEP", "+31611111113"))
    assert (staff.menus / "facts.yaml").read_bytes() == (ROOT / "menus" / "facts.yaml").read_bytes()


def test_a_file_that_changed_on_disk_meanwhile_is_shown_and_not_overwritten(staff, editor):
    fields = editor.fields("/staff/content/abortion?language=nl", "/staff/content/abortion")
    path = staff.menus / "sexual-health.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("title: Abortion", "title: Abortion help", 1), encoding="utf-8")
    answer = editor.post("/staff/content/abortion", {**fields, "s:abortion.title": "Abortions", "action": "save"})
    assert answer.status == 409
    assert "Abortion help" in answer.said
    assert ">Abortions</textarea>" in answer.text
    assert "title: Abortion help" in path.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")


def test_what_no_number_can_be_is_refused_in_the_words_of_check_and_still_in_the_form(editor):
    name = "organisations/comensha"
    fields = editor.fields(f"/staff/{name}", f"/staff/{name}") | {"s:comensha.phone": "12 34", "action": "save"}
    answer = editor.saved(editor.post(f"/staff/{name}", fields))
    assert answer.status == 409
    assert re.search(r"menus/organisations/national.yaml:\d+ comensha: 12 34 is no valid phone number\.", answer.said)
    assert 'value="12 34"' in answer.text


def test_another_language_is_shown_without_what_was_typed_in_the_first(editor):
    path = "/staff/content/prep"
    dutch = editor.fields(f"{path}?language=nl", path)
    arabic = editor.post(path, {**dutch, "language": "ar", "action": "look"})
    assert dutch["t:prep.title"] not in re.findall(r'name="t:prep.title"[^>]*>([^<]*)<', arabic.text)
    assert "changed this meanwhile" not in arabic.said
    kept = editor.post(path, {**dutch, "language": "ar", "t:prep.title": "Nog niet klaar", "action": "look"})
    assert "Save what you typed in Nederlands first, then choose another language." in kept.said
    assert ">Nog niet klaar</textarea>" in kept.text


def test_what_is_saved_goes_to_the_language_that_it_was_typed_in(staff, editor):
    path, file = "/staff/content/prep", staff.locales / "ar/LC_MESSAGES/messages.po"
    before = file.read_text(encoding="utf-8")
    fields = editor.fields(f"{path}?language=nl", path)
    typed = {**fields, "language": "ar", "t:prep.title": "PrEP tegen hiv nu", "action": "save"}
    assert "Saved." in editor.saved(editor.post(path, typed)).said
    assert file.read_text(encoding="utf-8") == before
    assert 'msgstr "PrEP tegen hiv nu"' in (staff.locales / "nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")


def test_after_a_conflict_what_somebody_did_not_touch_stays_as_the_other_wrote_it(staff, editor):
    path = "/staff/content/menstruation"
    mine = editor.fields(f"{path}?language=nl", path)
    theirs = {**mine, "t:menstruation.title": "Ongesteld zijn", "action": "save"}
    answer = editor.saved(editor.post(path, theirs))
    assert "Saved." in answer.said, re.findall(r"said bad.*?</div>", answer.text, re.S)
    typed = {**mine, "s:menstruation.memory": "when the sponge was asked about", "action": "save"}
    answer = editor.post(path, typed)
    assert "Saved." in editor.saved(answer).said
    text = (staff.locales / "nl/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert 'msgstr "Ongesteld zijn"' in text


def test_an_optional_sentence_is_looked_at_and_saved(staff, editor):
    path = "/staff/content/prep"
    fields = editor.fields(f"{path}?language=nl", path) | {"s:prep.closed": "At night: wait till morning."}
    looked = editor.post(path, {**fields, "action": "look"})
    assert looked.status == 200
    assert ">At night: wait till morning.</textarea>" in looked.text
    assert "At night: wait till morning." in looked.said


def test_a_file_that_is_broken_meanwhile_is_named_and_what_was_typed_stays(staff, editor):
    path, file = "/staff/content/abortion", staff.menus / "sexual-health.yaml"
    fields = editor.fields(f"{path}?language=nl", path) | {"s:abortion.title": "Mine alone", "action": "save"}
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "oops: [\n", encoding="utf-8")
    answer = editor.post(path, fields)
    assert answer.status == 409
    assert "sexual-health.yaml" in answer.said
    assert 'value="Mine alone"' in answer.text
    file.write_text(before, encoding="utf-8")


def test_what_nobody_can_mean_is_refused_before_it_is_drawn(editor):
    path = "/staff/content/prep"
    fields = editor.fields(f"{path}?language=zh", path)
    began = time.monotonic()
    answer = editor.post(path, {**fields, "t:prep.answer": "长" * 24_000, "action": "part"})
    assert "prep.answer: 24000 letters, at most 4000." in answer.said
    assert editor.post(path, {**fields, "s:prep.answer": "x" * 2_000_000, "action": "part"}).status == 413
    assert time.monotonic() - began < 20  # a worker that hangs is ended after 30


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


# --- files that come back ---------------------------------------------------------------------------------------

WRONG = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is no text in UTF-8"),
    "nothing": (b"", "No file came."),
    "a table": (b"id,name\n1,2\n", "Line 1: is not readable here."),
    "a page": (b"<html><script>alert(1)</script></html>", "Line 1: is not readable here."),
    "no sentence": (b'msgid ""\nmsgstr ""\n"Language: ro\\n"\n', "Line"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_file_of_translations_is_refused_with_one_sentence(editor, what):
    content, sentence = WRONG[what]
    token = editor.fields("/staff/translations/ro", "/staff/translations/ro/upload")["token"]
    answer = editor.upload("/staff/translations/ro/upload", token, "ro.po", content)
    assert answer.status == 422
    assert sentence in answer.said
    assert "<script>alert" not in answer.text


def test_the_file_of_another_language_is_refused(editor):
    token = editor.fields("/staff/translations/ro", "/staff/translations/ro/upload")["token"]
    french = editor.get("/staff/translations/fr.po").text.encode()
    answer = editor.upload("/staff/translations/ro/upload", token, "ro.po", french)
    assert "is of the language fr, and stands in the folder of ro" in answer.said


def test_fifty_megabytes_are_refused_and_the_line_goes_on(staff, editor):
    token = editor.fields("/staff/translations/ro", "/staff/translations/ro/upload")["token"]
    answer = editor.upload("/staff/translations/ro/upload", token, "ro.po", b"x" * 50_000_000)
    assert answer.status == 413
    assert "This is larger than 4 MB" in answer.said
    assert said(staff.sms("pep", "+31611111114"))


def test_a_file_with_a_broken_sentence_brings_the_others(staff, editor):
    text = editor.get("/staff/translations/hu.po").text
    title = re.search(r'msgctxt "pep.title"\nmsgid .*\nmsgstr "(.*)"', text).group(1)
    changed = text.replace(f'msgstr "{title}"', 'msgstr "PEP-kezeles HIV utan"', 1)
    answer = re.search(r'msgctxt "pep.answer"\nmsgid (?:.*\n)*?msgstr ""\n"(.*)"', changed).group(1)
    changed = changed.replace(answer, answer.replace("{pep-best}", "2"), 1)
    token = editor.fields("/staff/translations/hu", "/staff/translations/hu/upload")["token"]
    shown = editor.upload("/staff/translations/hu/upload", token, "hu.po", changed.encode())
    assert "What changes: 1" in shown.said
    assert "pep.answer: {pep-best} is missing. Keep it as it is." in shown.said
    take = dict(re.findall(r'<input type="hidden" name="(token|name)" value="([^"]+)"', shown.text))
    done = editor.saved(editor.post("/staff/translations/hu/take", take))
    assert "Saved." in done.said
    now = (staff.locales / "hu" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert now == (ROOT / "locales/hu/LC_MESSAGES/messages.po").read_text(encoding="utf-8").replace(
        f'msgstr "{title}"', 'msgstr "PEP-kezeles HIV utan"', 1
    )


def test_a_file_confirms_in_the_name_of_who_brings_it(editor):
    text = editor.get("/staff/translations/bg.po").text
    queen = text.replace('\nmsgctxt "prep.title"', '\n# confirmed 1999-01-01 queen\nmsgctxt "prep.title"', 1)
    token = editor.fields("/staff/translations/bg", "/staff/translations/bg/upload")["token"]
    shown = editor.upload("/staff/translations/bg/upload", token, "bg.po", queen.encode())
    assert "queen" not in shown.said
    assert re.search(rf"prep.title confirmed \d{{4}}-\d\d-\d\d {EDITOR.name}", shown.said)


def test_a_native_speaker_confirms_some_sentences_at_once(staff, editor):
    page, path = "/staff/translations/uk", "/staff/translations/uk/confirm"
    fields = editor.fields(page, path)
    typed = {**fields, "key": "change.title"}
    assert "was:change.title" in fields
    assert "Saved." in editor.saved(editor.post(path, typed)).said
    text = (staff.locales / "uk" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert re.search(rf'# confirmed \d{{4}}-\d\d-\d\d {EDITOR.name}\n(?:#.*\n)*msgctxt "change.title"\n', text)
    assert "uk: 664 complete, 0 fuzzy, 0 missing, 1 confirmed" in staff.command("translations", "status")


# --- the log ------------------------------------------------------------------------------------------------------


def test_the_log_says_that_something_was_changed_and_not_by_whom_or_what(staff):
    assert re.search(r"staff-edited #\d+", staff.log)
    for secret in (EDITOR.name, EDITOR.password, "petra", "HYPERLINK"):
        assert secret not in staff.log
