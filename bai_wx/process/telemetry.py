"""Traces for OpenTelemetry and defects for Sentry, each from an extra, where the settings say so.

Neither is imported otherwise. A span is made of what the access log is made of, when a request has ended: the
fewest are, so that most requests cost a random number. What Sentry gets of a defect is where it happened, and
no text: a message may quote what a customer sent.
"""

import logging
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit

from bai_wx.request.observation import Observation, teller

TRACES_PATH: Final = "/v1/traces"
SHARE_SETTING: Final = "OTEL_TRACES_SAMPLER_ARG"
USUAL_SHARE: Final = 0.01
DEFECT: Final = 500

Checked = Callable[[str, str, Callable[[str], str]], str]
Tell = Callable[[Observation, int, float], None]


@dataclass(frozen=True)
class Telemetry:
    """Where spans and defects go; `""` for nowhere."""

    otlp_endpoint: str = ""
    sentry_dsn: str = field(default="", repr=False)
    share: float = USUAL_SHARE
    """Of the requests that become a span, beside those that failed."""

    @classmethod
    def read(cls, checked: Checked) -> "Telemetry":
        """Read the settings, which have the names that both projects gave them."""
        return cls(
            checked("OTEL_EXPORTER_OTLP_ENDPOINT", "", _endpoint),
            checked("SENTRY_DSN", "", _dsn),
            float(checked(SHARE_SETTING, str(USUAL_SHARE), _share)),
        )


def start(telemetry: Telemetry, contract: str) -> None:
    """Begin in this worker. `contract` is the contract's version."""
    if telemetry.otlp_endpoint:
        teller.tell = _both(teller.tell, _tracer(telemetry, contract))
    if telemetry.sentry_dsn:
        _report_defects(telemetry.sentry_dsn)


def _both(first: Tell | None, second: Tell) -> Tell:
    if first is None:
        return second

    def tell(seen: Observation, status: int, seconds: float) -> None:
        first(seen, status, seconds)
        second(seen, status, seconds)

    return tell


def _tracer(telemetry: Telemetry, contract: str) -> Tell:
    """What makes a span of an observation."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON
    from opentelemetry.trace import SpanKind, StatusCode

    about = {"service.version": version("bai-wx"), "bai_wx.contract": contract}
    named = {} if "OTEL_SERVICE_NAME" in os.environ else {"service.name": "bai-wx"}
    provider = TracerProvider(
        sampler=ALWAYS_ON,  # ours decides, when the status is known
        resource=Resource.create(about | named),
        shutdown_on_exit=False,  # a collector that is away must not hold up a stop
    )
    exporter = OTLPSpanExporter(endpoint=telemetry.otlp_endpoint.rstrip("/") + TRACES_PATH)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("bai_wx")

    def tell(seen: Observation, status: int, seconds: float) -> None:
        if status < DEFECT and random.random() >= telemetry.share:  # noqa: S311  # no secret
            return
        ended = time.time_ns()
        name = seen.operation.id or "no operation"
        span = tracer.start_span(
            name,
            kind=SpanKind.SERVER,
            start_time=ended - int(seconds * 1e9),
            attributes={
                "http.request.method": seen.method,
                "http.response.status_code": status,
                "bai_wx.operation": seen.operation.id,
                "bai_wx.request_id": seen.request_id.decode(),
                "bai_wx.waited_s": seen.waited_s,
            },
        )
        if status >= DEFECT:
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    return tell


def _report_defects(dsn: str) -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn,
        release=version("bai-wx"),
        default_integrations=False,  # they would look at requests, arguments and the log
        auto_enabling_integrations=False,
        include_local_variables=False,
        send_default_pii=False,
        max_breadcrumbs=0,
        before_send=_without_texts,
    )
    logging.getLogger("bai_wx").addHandler(_Defects(logging.ERROR))


class _Defects(logging.Handler):
    """Sends what is logged with its trace: defects alone are."""

    def emit(self, record: logging.LogRecord) -> None:
        import sentry_sdk

        if record.exc_info and record.exc_info[1] is not None:
            sentry_sdk.capture_exception(record.exc_info[1])


def _without_texts(event: Any, _: Any) -> Any:
    """Leave out what exceptions say: a database's error quotes values, and an openid may be among them."""
    for each in event.get("exception", {}).get("values", ()):
        each["value"] = ""
    for key in ("request", "user", "extra", "breadcrumbs", "logentry", "message"):
        event.pop(key, None)
    return event


def _endpoint(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is {address!r}; write an address such as http://127.0.0.1:4318")
    return _with_extra("otel", "opentelemetry", address)


def _dsn(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username:
        raise ValueError("is no DSN; write https://…@… as Sentry shows it")
    return _with_extra("sentry", "sentry_sdk", address)


def _with_extra(extra: str, module: str, value: str) -> str:
    if find_spec(module) is None:
        raise ValueError(f"needs an extra: pip install 'bai-wx[{extra}]'")
    return value


def _share(text: str) -> str:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise ValueError(f"is {text!r}; write a number from 0 to 1, the share of requests to trace")
    return text
