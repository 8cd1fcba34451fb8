"""Bodies by name: JSON, forms and multipart forms that a reader may trip over."""

from typing import Final
from urllib.parse import urlencode

from tests.conformance.compare import BOUNDARY

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = f"multipart/form-data; boundary={BOUNDARY}"
GOOD: Final = b'{"company_name":"x"}'
NAME: Final = b'Content-Disposition: form-data; name="company_name"'


def deep(levels: int) -> bytes:
    """A company's body with lists inside each other under an unknown key."""
    return b'{"company_name":"x","z":' + b"[" * levels + b"]" * levels + b"}"


JSON_BODIES: Final = {
    "half an object": b'{"company_name":',
    "an object cut short": b'{"company_name":"x"',
    "an array": b"[]",
    "an array of an object": b"[{}]",
    "a text": b'"x"',
    "a number": b"0",
    "true": b"true",
    "null": b"null",
    "null with blanks": b" null\n",
    "blanks": b" \n",
    "a word": b"nothing",
    "NUL": b"\x00",
    "an object of nothing": b"{}",
    "an object with blanks around": b"\t " + GOOD + b"\r\n ",
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "a form feed": b"\x0c" + GOOD,
    "a comma too many": b'{"company_name":"x",}',
    "single quotes": b"{'company_name':'x'}",
    "a name without quotes": b'{company_name:"x"}',
    "a comment": b'{"company_name":"x" /* y */}',
    "invalid UTF-8": b'{"company_name":"x\xff"}',
    "invalid UTF-8 in an unknown key": b'{"company_name":"x","\xff":1}',
    "an overlong form": b'{"company_name":"\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"company_name":"\xed\xa0\x80"}',
    "half a surrogate pair": rb'{"company_name":"\ud800"}',
    "half a pair in an unknown value": rb'{"company_name":"x","z":"\udc00"}',
    "a pair the wrong way": rb'{"company_name":"\udc00\ud800"}',
    "a surrogate pair": rb'{"company_name":"\ud83d\ude00"}',
    "an escaped NUL": rb'{"company_name":"a\u0000b"}',
    "a raw line break": b'{"company_name":"a\nb"}',
    "a raw control character": b'{"company_name":"a\x01b"}',
    "DEL": b'{"company_name":"a\x7fb"}',
    "an unknown escape": rb'{"company_name":"\x41"}',
    "every known escape": rb'{"company_name":"\/\b\f\n\r\t\"\\"}',
    "a leading zero": b'{"company_name":01}',
    "a plus sign": b'{"company_name":+1}',
    "a bare fraction": b'{"company_name":.5}',
    "NaN": b'{"company_name":NaN}',
    "a number without end": b'{"company_name":1e400}',
    "a number without end, unknown": b'{"company_name":"x","z":-1e400}',
    "a number of 300 digits": b'{"company_name":' + b"9" * 300 + b"}",
    "a number next to nothing": b'{"company_name":1e-400}',
    "TRUE": b'{"company_name":TRUE}',
    "50 levels": deep(50),
    "1,000 levels": deep(1000),
    "10,000 levels": deep(10_001),
    "levels without end": b"[" * 20_000,
    "keys in another case": b'{"company_name":"x","Company_Type":"y","COMPANY_TYPE":"z"}',
    "keys with blanks": b'{"company_name":"x"," company_type":"y","company_type ":"z"}',
    "odd keys": b'{"company_name":"x","":1,"seq":5,"rowid":7,"@request":1,"expand":{}}',
    "a payload in JSON": b'{"company_name":"x","@jsonPayload":"{\\"company_type\\":\\"y\\"}"}',
}

TYPES: Final = (
    "text/plain",
    "text/html",
    "text/json",
    "application/xml",
    "text/xml; charset=utf-8",
    "application/jsonx",
    "application/json, text/plain",
    "application/json; charset=gbk",
    "application/ld+json",
    "application/vnd.api+json",
    "application/octet-stream",
    "application/x-ndjson",
    "multipart/mixed; boundary=x",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-datax; boundary=x",
    "*/*",
    "json",
    ";",
)

FORMS: Final = {
    "a form": "company_name=x&company_type=y",
    "a form without values": "company_name&company_type=",
    "a form with gaps": "&&company_name=x&&=y&",
    "a form's blanks": "company_name=a%20b+c%2B",
    "a form's broken escape": "company_name=%zz",
    "a form's half escape": "company_name=%",
    "a form's semicolon": "company_name=x;company_type=y",
    "a form's equals sign": "company_name=a=b",
    "a form's NUL": "company_name=a%00b",
    "a form's escaped key": "company%5Fname=x",
    "a key twice in a form": "company_name=x&company_name=y",
    "a text twice in a form": "company_name=x&company_status=active&company_status=inactive",
    "a key in brackets": "company_name=x&company_status[]=active",
    "true in a form": "company_name=true",
    "True in a form": "company_name=True",
    "null in a form": "company_name=null",
    "3 in a form": "company_name=3",
    "1.5 in a form": "company_name=1.5",
    "1.50 in a form": "company_name=1.50",
    "03 in a form": "company_name=03",
    "1e3 in a form": "company_name=1e3",
    "-0 in a form": "company_name=-0",
    "1_000 in a form": "company_name=1_000",
    "many digits in a form": "company_name=12345678901234567890",
    "a fraction's many digits": "company_name=0.30000000000000004",
    "a list in a form": "company_name=x&company_status=%5B%22active%22%5D",
    "a modifier in a form": "company_name=x&company_status%2B=active",
    "a payload": urlencode({"@jsonPayload": '{"company_name":"p","company_type":7}'}),
    "a payload and another key": urlencode(
        {"company_type": "007", "@jsonPayload": '{"company_name":"p"}'}
    ),
    "two payloads": urlencode(
        [("@jsonPayload", '{"company_name":"p"}'), ("@jsonPayload", '{"company_name":"q"}')]
    ),
    "a payload of null": urlencode({"company_name": "x", "@jsonPayload": "null"}),
    "a payload that is broken": urlencode({"company_name": "x", "@jsonPayload": "{"}),
    "a payload that is a list": urlencode({"company_name": "x", "@jsonPayload": "[]"}),
    "a payload of nothing": urlencode({"company_name": "x", "@jsonPayload": ""}),
}

FORM_TYPES: Final = (
    f"{FORM}; charset=utf-8",
    f"{FORM};",
    f"{FORM} ; a=b",
    f"{FORM}; charset",
    f"{FORM}; charset=",
    f"{FORM}; a=b; a=c",
    f"{FORM}, x",
    f"{FORM}x",
)

QUANTITIES: Final = ("true", "false", "3", "1.5", "03", "1e3", "", "two", "-1", "[4]", "0x1p2")


def part(header: bytes, text: bytes = b"x") -> bytes:
    """One part of a multipart form."""
    return b"--" + BOUNDARY.encode() + b"\r\n" + header + b"\r\n\r\n" + text + b"\r\n"


END: Final = b"--" + BOUNDARY.encode() + b"--\r\n"

MULTIPARTS: Final = {
    "a part": part(NAME) + END,
    "a part with a long header": part(NAME + b"\r\nX: " + b"y" * 9000) + END,
    "a preamble and a part": b"preamble\r\n" + part(NAME) + END,
    "a part and an epilogue": part(NAME) + END + b"epilogue",
    "no last boundary": part(NAME),
    "no part at all": END,
    "no boundary at all": b"nothing",
    "a header in small letters": part(NAME.lower()) + END,
    "a name without quotes": part(NAME.replace(b'"', b"")) + END,
    "a part without a name": part(b"Content-Disposition: form-data") + part(NAME) + END,
    "a part without a disposition": part(b"X: y") + part(NAME) + END,
    "an attachment": part(NAME.replace(b"form-data", b"attachment")) + END,
    "a file for a text": part(NAME + b'; filename="a.txt"') + END,
    "a file without a name": part(NAME + b'; filename=""') + END,
    "a part of JSON": part(NAME + b"\r\nContent-Type: application/json", b'{"a":1}') + END,
    "a header without a colon": part(b"X") + part(NAME) + END,
    "a text of two lines": part(NAME, b"a\r\nb") + END,
    "a part twice": part(NAME, b"a") + part(NAME, b"b") + END,
    "a payload in a part": part(NAME.replace(b"company_name", b"@jsonPayload"), GOOD) + END,
}
