"""`doctor`: whether this installation is fit to serve."""

import click

from bai_wx.cli.common import answer, json_option
from bai_wx.process.settings import Settings


@click.command()
@json_option
@click.option("--alert", "sends", is_flag=True, help="Send a message to BAI_WX_ALERT_URL, too.")
@click.pass_obj
def doctor(settings: Settings, as_json: bool, sends: bool) -> None:
    """Check home, database, files, contract, secret, limits, WeChat and disk; exit 1 on a
    failure.
    """
    from bai_wx.process.doctor import examine, send_alert

    checks = [*examine(settings), *([send_alert(settings)] if sends else [])]
    lines = [f"{'ok' if c.ok else 'FAIL':4} {c.name}: {c.detail}" for c in checks]
    is_fit = all(check.ok for check in checks)
    told = [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks]
    answer(as_json, {"ok": is_fit, "checks": told}, "\n".join(lines))
    if not is_fit:
        raise click.exceptions.Exit(1)
