"""What Schemathesis found once, kept as a case each."""

from tests.running import Client


def test_a_part_whose_name_cannot_be_read_is_ignored(alice: Client) -> None:
    """A backslash before the closing quote: the form's other parts count, and nothing breaks."""
    parts = (
        b'--B\r\nContent-Disposition: form-data; name="a\\"\r\n\r\nlost\r\n'
        b'--B\r\nContent-Disposition: form-data; name="attachments_remark"\r\n\r\nkept\r\n'
        b'--B\r\nContent-Disposition: form-data; name="attachments_link"; filename="a.pdf"\r\n'
        b"\r\n%PDF-1.4\n\r\n--B--\r\n"
    )
    answer = alice.request(
        "POST",
        "/collections/tbl_attachments/records",
        data=parts,
        headers={"Content-Type": "multipart/form-data; boundary=B"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["attachments_remark"] == "kept"


def test_a_line_break_in_a_file_name_is_no_file(guest: Client) -> None:
    """Routers that end a pattern with `$` disagree about it."""
    answer = guest.get("/files/tbl_attachments/xwzyny5981p6byn/%0A")
    assert answer.status_code == 404, answer.text
    assert answer.json()["status"] == 404
