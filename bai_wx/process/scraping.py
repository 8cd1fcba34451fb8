"""Where Prometheus reads the metrics: the setting `BAI_WX_METRICS`."""

import re
from dataclasses import dataclass, field

OFF = "off"
MIN_TOKEN = 16  # characters
_ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z.-]+)):([0-9]{1,5})")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,256}")


@dataclass(frozen=True)
class Scraping:
    """An address of its own, or a token for `/metrics` beside the contract; neither: nobody reads them."""

    host: str = ""
    port: int = 0
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, text: str) -> "Scraping":
        """Read the setting. Raises: `ValueError`, which shows no token."""
        if text.lower() == OFF:
            return cls()
        found = _ADDRESS.fullmatch(text)
        if found is not None:
            port = int(found[3])
            if port > 65535:
                raise ValueError(f"has the port {port}; write 127.0.0.1:9464")
            return cls(host=found[1] or found[2], port=port)
        if _TOKEN.fullmatch(text) is None:
            raise ValueError(
                "is neither off, nor an address such as 127.0.0.1:9464, nor a token of"
                f" {MIN_TOKEN} or more letters and digits"
            )
        return cls(token=text)
