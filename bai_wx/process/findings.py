"""What the doctor finds, for the console's page of settings."""

import os
import subprocess
import sys

import orjson

from bai_wx.console.context import Finding
from bai_wx.process import apart
from bai_wx.process.settings import Settings
from bai_wx.transfer.parent_death import dying_with_us

PATIENCE_S = apart.PATIENCE_S // 2
"""A large SQLite file takes long to be looked through, and on a busy machine all of the console does. The other
half is for the rest of the page: after both `apart` gives up, with a 503 without a word of the doctor.
"""
DOCTOR = (sys.executable, "-P", "-m", "bai_wx.cli.main", "doctor", "--json")


def findings(settings: Settings) -> list[Finding]:
    """Run `bai-wx doctor` with the settings of this server. It takes a second or more.

    A process of its own, because the doctor closes the database's connections, and ours are in use.
    """
    # The demo shop's WeChat is no setting of the environment.
    environment = {
        **os.environ,
        "WECHAT_APPID": settings.wechat_appid,
        "WECHAT_SECRET": settings.wechat_secret,
        "WECHAT_API_BASE": settings.wechat_api_base,
    }
    try:
        done = subprocess.run(
            dying_with_us(DOCTOR),
            env=environment,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        checks = orjson.loads(done.stdout)["checks"]
    except subprocess.TimeoutExpired:
        return [Finding(False, "doctor", f"it took longer than {PATIENCE_S} s")]
    except (OSError, ValueError, KeyError):
        return [Finding(False, "doctor", "it does not run; see `bai-wx doctor`")]
    return [Finding(each["ok"], each["name"], each["detail"]) for each in checks]
