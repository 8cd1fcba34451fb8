"""An upload as bytes, and where it goes."""

from tests.api.pictures import PNG

RECORDS = "/pb/api/collections/tbl_attachments/records"
LINES = "/pb/api/collections/tbl_cart/records"
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
UPLOAD = (
    b'--b\r\nContent-Disposition: form-data; name="attachments_link"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n" + PNG + b"\r\n--b--\r\n"
)
MEBIBYTE = 1024 * 1024
