"""The directory as a job: whom to ring, what was right, tables in and out."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from smsline.content.due import due
from smsline.content.editing import Folder
from smsline.content.hsds import services
from smsline.content.importing import table
from smsline.content.loading import read_content
from smsline.stores import open_store

from .conftest import ROOT, TINY
from .test_cli import run


@pytest.fixture
def copy(tmp_path):
    """A copy of the tiny line that may be written to."""
    for part in ("menus", "locales"):
        shutil.copytree(TINY / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def orgs(copy):
    """`smsline orgs …` on the copy."""
    return lambda *arguments: run("orgs", *arguments, menus=copy, SMSLINE_STORE=f"sqlite:///{copy}/line.sqlite")


def written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "menus/organisations").glob("*.yaml")))


# --- files that stay as they are ----------------------------------------------------------------------------


def test_files_that_are_read_and_written_are_the_same_to_the_letter(tmp_path):
    shutil.copytree(ROOT / "menus", tmp_path / "menus")
    folder = Folder(tmp_path / "menus")
    files = sorted((tmp_path / "menus/organisations").glob("*.yaml"))
    folder.changed.update(files)
    assert sorted(folder.save(ROOT / "locales")) == files
    for path in files:
        assert path.read_text(encoding="utf-8") == (ROOT / "menus/organisations" / path.name).read_text(
            encoding="utf-8"
        )


def test_setting_a_field_changes_one_line_and_keeps_comments(copy, orgs):
    before = written(copy).split("\n")
    result = orgs("set", "clinic-river", "phone=010 236 52 14")
    assert result.output == "clinic-river: phone: +31 10 236 52 12 -> +31 10 236 5214\n"
    after = written(copy).split("\n")
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [('  phone: "+31 10 236 52 12"', '  phone: "+31 10 236 5214"')]
    assert after[0] == "# Invented organisations."


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("phone=12", "clinic-river: 12 is no valid phone number. Write it like +31 20 555 58 22."),
        ("servces=buddy", "clinic-river: servces is not known here. Did you mean services?"),
        ("services=massage", "clinic-river: massage is not known under services."),
        ("open=nine to five", '"nine to five" is not readable as opening hours.'),
        ("show=maybe", 'show is "maybe". Choose one of yes, web only, no.'),
        ("phone=-", "clinic-river is shown, but has no phone, whatsapp or email."),
        ("phone", '"phone" is no FIELD=VALUE.'),
    ],
)
def test_what_check_would_refuse_is_not_written(copy, orgs, field, sentence):
    before = written(copy)
    result = orgs("set", "clinic-river", field)
    assert result.exit_code == 1
    assert sentence in result.output
    assert written(copy) == before


def test_a_field_is_taken_away_with_a_hyphen(copy, orgs):
    assert orgs("set", "clinic-river", "open=-").output == (
        "clinic-river: open: Mo-Fr 09:00-16:30; PH off -> (taken away)\n"
    )
    assert "open: Mo-Fr" not in written(copy)


def test_an_organisation_that_is_not_there_is_said_to_be_so(orgs):
    assert 'There is no organisation "clinic-rivr".' in orgs("set", "clinic-rivr", "show=no").output


# --- verified -----------------------------------------------------------------------------------------------


def test_verified_writes_the_day_and_by_whom(copy, orgs):
    assert orgs("verified", "region-help", "--by", "AB", "--on", "2026-11-20").output == (
        "region-help: verified on 2026-11-20 by AB.\n"
    )
    content, _ = read_content(copy / "menus", copy / "locales")
    assert content.listed["region-help"].organisation.verified == date(2026, 11, 20)
    assert "  verified-by: AB\n" in written(copy)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--by", "AB", "--on", "2999-01-01"), "still to come"),
        (("--by", "AB", "--on", "yesterday"), '--on is "yesterday", which is no day.'),
        (("--by", "0031612345678"), "Write initials"),
    ],
)
def test_verified_refuses_what_cannot_be(copy, orgs, options, sentence):
    before = written(copy)
    result = orgs("verified", "region-help", *options)
    assert result.exit_code == 1
    assert sentence in result.output
    assert written(copy) == before


# --- due ----------------------------------------------------------------------------------------------------


def test_due_names_reported_ones_first_then_unverified_and_urgent(copy):
    content, _ = read_content(copy / "menus", copy / "locales")
    today = date(2026, 11, 25)
    names = [one.organisation.name for one in due(content, today, {})]
    assert names == ["rescue", "country-help", "region-help", "hidden"]
    assert "clinic-river" not in names  # verified this month
    first = due(content, today, {"clinic-river": 2})[0]
    assert (first.organisation.name, first.reported) == ("clinic-river", 2)
    assert first.why == ("2 callers said this month that the number is wrong",)


def test_due_asks_what_is_not_known_yet_and_says_how_to_go_on(orgs):
    output = orgs("due").output
    assert "Region Help (region-help)  010 236 5213" in output
    assert "ask: is this still the number for social work? when are you open?" in output
    assert "then: smsline orgs verified region-help --by INITIALS" in output
    assert output.endswith("4 due, 4 shown. All of them: smsline orgs due --all\n")


def test_due_reads_what_callers_reported(copy, orgs):
    from datetime import datetime

    from smsline.content.loading import load
    from smsline.engine.model import HOME
    from smsline.service import Message, Service

    now = datetime.now(HOME)
    service = Service(load(copy / "menus", copy / "locales"), open_store(f"sqlite:///{copy}/line.sqlite"), b"s" * 40)
    for text in ("sti-test", "3011", "8"):
        service.answer(Message("+31612345678", text, text, "sms", now))
    assert orgs("due").output.startswith("1. River Clinic (clinic-river)  010 236 5212\n   1 caller said this month")


# --- tables -------------------------------------------------------------------------------------------------


def imported(copy, orgs, text: str, *options: str):
    (copy / "new.csv").write_text(text, encoding="utf-8")
    return orgs("import", str(copy / "new.csv"), *options)


def test_what_is_exported_is_imported_as_it_was(copy, orgs):
    before = written(copy)
    result = imported(copy, orgs, orgs("export").output)
    assert result.output == "0 added, 0 changed, 5 as they were, 0 left out.\n"
    assert written(copy) == before


def test_rows_add_and_update_by_id_and_the_difference_is_shown(copy, orgs):
    result = imported(
        copy,
        orgs,
        "id,name,services,areas,phone,show,source,source_date\n"
        "region-help,,,,010 236 52 15,,,2026-10\n"
        "new-help,New Help,social_work,Delft,015 212 34 56,yes,https://example.org/new,2026-11\n",
    )
    assert result.exit_code == 0, result.output
    assert "~ region-help\n    phone: +31 10 236 52 13 -> +31 10 236 5215\n    source-date: 2026-10\n" in result.output
    assert "+ new-help (to zuid-holland.yaml)\n" in result.output
    assert result.output.endswith("1 added, 1 changed, 0 as they were, 0 left out.\n")
    content, problems = read_content(copy / "menus", copy / "locales")
    assert [str(problem) for problem in problems] == []
    assert content.listed["new-help"].organisation.phone == "015 212 3456"
    assert "# Invented organisations." in written(copy)


WRONG_ROWS = (
    "id;name;services;areas;phone;show;source\n"
    "region-help;;;;010 236 52 15;;\n"
    "new-help;New Help;massage;Delft;015 212 34 56;yes;x\n"
    "River;River;social_work;Delft;015 212 34 57;yes;x\n"
    "renamed;River Clinic;social_work;Delft;010 236 52 12;yes;x\n"
    "region-help;;;;010 236 52 16;;\n"
)


def test_nothing_is_written_until_every_row_is_right(copy, orgs):
    before = written(copy)
    result = imported(copy, orgs, WRONG_ROWS)
    assert result.exit_code == 1
    for sentence in (
        "new.csv:3  new-help: massage is not known under services.",
        'new.csv:4  id is "River". Write small letters',
        "new.csv:5  renamed: clinic-river (menus/organisations/all.yaml:3) has the phone 010 236 5212 too. Renamed?",
        "new.csv:6  region-help also stands in line 2. Keep one of the two.",
        "4 of 5 rows are wrong, so nothing was written.",
    ):
        assert sentence in result.output, result.output
    assert written(copy) == before


def test_what_is_right_is_written_where_that_is_asked_and_the_report_says_which_rows_were_not(copy, orgs):
    result = imported(copy, orgs, WRONG_ROWS, "--skip-wrong")
    assert result.exit_code == 0
    assert "new.csv:4" in result.output
    assert result.output.endswith("0 added, 1 changed, 0 as they were, 4 left out.\n")
    assert "+31 10 236 5215" in written(copy)


def test_a_dry_run_shows_the_difference_and_writes_nothing(copy, orgs):
    before = written(copy)
    result = imported(copy, orgs, "id,phone\nregion-help,010 236 52 15\n", "--dry-run")
    assert "~ region-help" in result.output
    assert result.output.endswith("Nothing was written.\n")
    assert written(copy) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,phone\nx,1\n", "new.csv:1  has no column id."),
        (b"id,telephon\nx,1\n", 'new.csv:1  "telephon" is no column of the directory. Did you mean phone?'),
        (b"id,phone,phone\nx,1,2\n", "new.csv:1  the column phone stands there twice."),
        (b"id,phone\nx,1,2\n", "new.csv:2  has 3 cells, but 2 columns have a name."),
        (b"id,name\nx,\xe9\n", "new.csv is not UTF-8 text (byte 10)."),
        (b"", "new.csv:1  has no column id."),
    ],
)
def test_a_table_that_is_none_is_one_sentence(copy, orgs, content, sentence):
    before = written(copy)
    (copy / "new.csv").write_bytes(content)
    result = orgs("import", str(copy / "new.csv"))
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert written(copy) == before


def test_a_file_that_is_not_there_is_said_to_be_so(orgs):
    assert "cannot be read: No such file" in orgs("import", "nowhere.csv").output


def test_the_exported_table_has_every_organisation(copy):
    rows = list(csv.DictReader(io.StringIO(table(Folder(ROOT / "menus")))))
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    assert [row["id"] for row in rows] == list(content.listed)
    assert len(rows) >= 150


def test_the_export_is_what_hsds_says():
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    schema = json.loads((ROOT / "tests/vectors/hsds/service_with_definitions.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    found = services(content)
    assert len(found) > 100
    for service in found:
        errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(service)]
        assert errors == [], service["name"]
    assert len({service["id"] for service in found}) == len(found)
    assert any(service.get("schedules") for service in found)
    broken = {**found[0], "status": "maybe", "id": 5}
    assert len(list(validator.iter_errors(broken))) == 2  # the schema is really applied


def test_only_what_callers_may_see_leaves_the_house():
    content, _ = read_content(ROOT / "menus", ROOT / "locales")
    hidden = {one.organisation.title for one in content.listed.values() if one.organisation.show == "no"}
    text = json.dumps(services(content), ensure_ascii=False)
    assert hidden
    assert not any(f'"{title}:' in text for title in hidden)
    assert "note" not in services(content)[0]


# --- nearest ------------------------------------------------------------------------------------------------


def nearest(*arguments: str):
    return run("nearest", *arguments, menus=TINY)


def test_nearest_shows_the_order_of_a_phone_and_why():
    output = nearest("sti_test", "3011", "--at", "2026-11-24T23:00").output
    assert output == (
        "sti_test near Rotterdam:\n"
        "  1 River Clinic (clinic-river)  010 236 5212\n"
        "    serves this place; shown with its number; closed; 0.0 km\n"
    )


def test_nearest_as_json():
    found = json.loads(nearest("sti_test", "Delft", "--at", "2026-11-24T12:00", "--language", "nl", "--json").output)
    assert (found["place"], found["exact"]) == ("Delft", False)
    assert [(one["id"], one["how"]) for one in found["helpers"]] == [("clinic-river", "near")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("massage", "Delft"), 'There is no service "massage". Choose one of sti_test'),
        (("sti_test", "Atlantis"), '"Atlantis" is no place in the Netherlands'),
        (("sti_test", "Delft", "--language", "xx"), 'There is no language "xx".'),
        (("sti_test", "Delft", "--at", "noon"), '--at is "noon". Write a moment like'),
    ],
)
def test_nearest_says_what_it_does_not_know(arguments, sentence):
    result = nearest(*arguments)
    assert result.exit_code == 1
    assert sentence in result.output
