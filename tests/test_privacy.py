"""A marked number and a marked text are played through everything, then searched for: found means fail."""

from __future__ import annotations

from click.testing import CliRunner

from smsline.cli import main

from .server import Server, cm_server, store_files

NUMBER = "+31687654321"
DIGITS = "687654321"
MARK = "qzxmarkedtextqzx"
SID = "SMmarkedmessageid0000000000000001"


def test_no_gateway_keeps_a_number_a_text_or_an_id(tmp_path):
    with cm_server() as provider, Server(tmp_path, {"SMSLINE_CM_URL": provider.url}) as running:
        plain = NUMBER[1:]
        for text in ("good morning", MARK, f"condom broke {MARK}"):
            running.whatsapp(text, sender=NUMBER, ProfileName=MARK)
            running.infobip(f"{MARK}-session", "response", text, plain)
            running.ussd(f"1*{text}*{MARK}", session=f"{MARK}-session", sender=NUMBER)
            for status in (500, 200):
                provider.status = status
                running.cm(text, sender=f"00{plain}", timeUtc=MARK)
        running.whatsapp("", sender=NUMBER, Latitude="52.3731987654", Longitude="4.8926987654")
        running.infobip(f"{MARK}-session", "start", sender=plain)
        running.infobip(f"{MARK}-session", "end", sender=plain)
        running.call(CallSid=MARK, From=NUMBER)
        provider.status = 503
        running.cm(MARK, sender=f"00{plain}")
        running.json("/sms/cm", {"from": {"number": NUMBER}, "message": MARK})
        running.json(f"/ussd/infobip/session/{MARK}/{MARK}", {"msisdn": NUMBER})
        assert len(provider.sent) == 7
        found = [file.read_bytes() for file in store_files(tmp_path)] + [running.log.encode()]
        for secret in (DIGITS, MARK, "987654"):
            assert not any(secret.encode() in content for content in found), secret


def test_counts_and_metrics_and_what_is_left_to_redact_hold_neither(tmp_path):
    """With redaction on, Twilio's own id of a message waits in the store, and nothing else does."""
    settings = {"TWILIO_ACCOUNT_SID": "AC1", "SMSLINE_TWILIO_API": "http://127.0.0.1:9"}
    with Server(tmp_path, settings) as running:
        running.sms(f"{MARK} pep", sender=NUMBER, sid=SID)
        running.sms("8 " + MARK, sender=NUMBER)
        running.signed("/sms/twilio/status", {"MessageSid": "SM2", "MessageStatus": "delivered", "To": NUMBER})
        page = running.get("/metrics")[1]
        assert "smsline_redactions_waiting" in page
        environ = {"SMSLINE_STORE": f"sqlite:///{tmp_path}/line.sqlite"}
        said = page + CliRunner().invoke(main, ["stats", "--exact"], env=environ).output + running.log
        assert "pep" in said
        kept = b"".join(file.read_bytes() for file in store_files(tmp_path))
        for secret in (DIGITS, MARK):
            assert secret not in said
            assert secret.encode() not in kept
        assert SID not in said


def test_no_number_no_text_and_no_message_id_is_ever_kept(tmp_path):
    with Server(tmp_path) as running:
        for text in (
            "good morning",
            MARK,
            f"{MARK} condom broke in utrecht",
            "3011",
            MARK * 60,
            "he wont let me leave " + MARK,
            "1",
            "x",
        ):
            assert running.sms(text, sender=NUMBER)[0] == 200
        running.sms(MARK, sender=NUMBER, sid=SID)
        for text in ("", MARK, f"1*{MARK}"):
            assert running.ussd(text, session=f"{MARK}-session", sender=NUMBER)[0] == 200
        running.request("/sms/twilio", f"Body={MARK}&From={NUMBER}".encode(), {"X-Twilio-Signature": MARK})
        running.request("/ussd/africastalking", f"text={MARK}&phoneNumber={NUMBER}".encode())
        running.get(f"/{MARK}?number={NUMBER}")
        for file in store_files(tmp_path):
            content = file.read_bytes()
            assert file.name != "line.sqlite" or len(content) > 4096
            for secret in (DIGITS, MARK, SID):
                assert secret.encode() not in content, (file.name, secret)
        for file in store_files(tmp_path):
            file.write_bytes(b"broken " * 1000)
        assert running.sms(MARK, sender=NUMBER)[0] == 200
        for secret in (DIGITS, MARK, SID):
            assert secret not in running.log, secret
        assert "store-corrupt" in running.log
