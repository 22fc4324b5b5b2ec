"""A marked number and a marked text are played through everything, then searched for: found means fail."""

from __future__ import annotations

from .server import Server

NUMBER = "+31687654321"
DIGITS = "687654321"
MARK = "qzxmarkedtextqzx"
SID = "SMmarkedmessageid0000000000000001"


def test_no_number_no_text_and_no_message_id_is_ever_kept(tmp_path):
    with Server(tmp_path) as running:
        for text in (
            "hi",
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
        for file in tmp_path.glob("line.sqlite*"):
            content = file.read_bytes()
            assert file.name != "line.sqlite" or len(content) > 4096
            for secret in (DIGITS, MARK, SID):
                assert secret.encode() not in content, (file.name, secret)
        for file in tmp_path.glob("line.sqlite*"):
            file.write_bytes(b"broken " * 1000)
        assert running.sms(MARK, sender=NUMBER)[0] == 200
        for secret in (DIGITS, MARK, SID):
            assert secret not in running.log, secret
        assert "store-failed" in running.log
