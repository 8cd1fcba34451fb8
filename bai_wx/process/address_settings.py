"""Checks of the settings that are addresses of the network.

Each takes a setting's text and returns it. Raises: `ValueError` with the rest of a sentence that the setting's
name begins.
"""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bai_wx.request.limits import is_host

EXAMPLE: Final = "https://api.weixin.qq.com"


def web_address(address: str) -> str:
    """The address of a server, without a user, query and fragment."""
    _refuse_user(address)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not is_host(parts.hostname):
        raise ValueError(f"is {address!r}; write an address such as {EXAMPLE}")
    is_more = parts.query or parts.fragment or " " in address or not address.isprintable()
    if is_more or not _has_good_port(parts):
        raise ValueError(f"is {address!r}; write an address such as {EXAMPLE}")
    return address


def _refuse_user(address: str) -> None:
    if "@" in address:  # a password may stand before it, and what is said goes to the log
        raise ValueError(f"holds an @; write an address without a user, such as {EXAMPLE}")


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:  # beyond 65535, or no number
        return False


def network(text: str) -> str:
    """An IP address or a network."""
    try:
        return str(ipaddress.ip_network(text, strict=False)) if "/" in text else _address(text)
    except ValueError as exc:
        raise ValueError(
            f"holds {text!r}; write addresses or networks, 10.0.0.0/8,127.0.0.1"
        ) from exc


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def origin(text: str) -> str:
    """An origin of the web, or `*`."""
    _refuse_user(text)
    parts = urlsplit(text)
    is_web = parts.scheme in ("http", "https") and is_host(parts.hostname) and text.isascii()
    is_web = is_web and not (parts.path or parts.query or parts.fragment)
    if text != "*" and not (is_web and _has_good_port(parts)):
        raise ValueError(f"holds {text!r}; write origins such as https://shop.example.com, or *")
    return text
