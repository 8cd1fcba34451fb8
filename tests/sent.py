"""Bodies that many tests send, and the headers that say what they are."""

from tests.api.pictures import PNG

JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
UPLOAD = (
    b'--b\r\nContent-Disposition: form-data; name="attachments_link"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n" + PNG + b"\r\n--b--\r\n"
)
"""A picture in a form, as `FORM` says."""

MEBIBYTE = 1024 * 1024
