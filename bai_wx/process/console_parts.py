"""What the console is made of, in whichever process it runs."""

from functools import partial

from bai_wx import metrics
from bai_wx.console.app import build
from bai_wx.console.context import Context
from bai_wx.contract import loader
from bai_wx.database.connection import connect, database
from bai_wx.files.store import FileStore
from bai_wx.process import schema
from bai_wx.process.console_tables import CONSOLE_TABLES
from bai_wx.process.findings import findings
from bai_wx.process.inherited import METRICS, Inherited
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.process.shared_metrics import count_in
from bai_wx.process.shared_parts import completed
from bai_wx.record import data_keys
from bai_wx.request.asgi import App
from bai_wx.wechat.standin_api import APPID

READ_LIMIT_S = (
    5.0  # what one page reads; a search through a large shop takes longer than a client's list
)
CONNECTIONS = 6  # two for pages, two for exports, two for an import and what tells of it


def load_console(inherited: Inherited) -> App:
    """Make the console of a process of its own, as the environment says."""
    settings = Settings.from_environment()
    log_to_stderr(settings.log, is_server=True)
    guard = inherited.guard(settings.database_file)
    connect(
        settings.database,
        limit_s=READ_LIMIT_S,
        connections=CONNECTIONS,
        guard=guard,
        synchronous=settings.synchronous,
    )
    data_keys.use(settings.all_data_keys)
    if missing := schema.missing(database, CONSOLE_TABLES):
        raise SettingsError(f"the database lacks {missing}; restore a backup")
    bundle = loader.load(loader.CONTRACT_ROOT, cache=settings.home)
    # A worker from before an upgrade in place starts this release's console.
    count_in(bundle, completed(inherited, bundle, (METRICS,)), metrics.BESIDE)
    files = FileStore.at(settings.files, settings.s3_endpoint)
    is_demo = settings.wechat_appid == APPID
    return build(Context(bundle, files, settings.secrets, is_demo, partial(findings, settings)))
