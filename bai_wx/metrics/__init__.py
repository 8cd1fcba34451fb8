"""What a server counts of itself, in memory that all its workers share, told as Prometheus reads it.

`names` has every metric; `metrics.COMMITS.inc()` counts. A process that was given no memory counts alone.
"""

from bai_wx.metrics.cells import Distribution as Distribution
from bai_wx.metrics.cells import Process as Process
from bai_wx.metrics.cells import Series as Series
from bai_wx.metrics.cells import beside as beside
from bai_wx.metrics.cells import started as started
from bai_wx.metrics.cells import workers as workers
from bai_wx.metrics.kinds import Family as Family
from bai_wx.metrics.kinds import Labels as Labels
from bai_wx.metrics.kinds import Sample as Sample
from bai_wx.metrics.names import CACHE as CACHE
from bai_wx.metrics.names import COMMITS as COMMITS
from bai_wx.metrics.names import COMMITTED_ROWS as COMMITTED_ROWS
from bai_wx.metrics.names import CONNECTIONS as CONNECTIONS
from bai_wx.metrics.names import DATABASE_CONNECTIONS as DATABASE_CONNECTIONS
from bai_wx.metrics.names import IN_FLIGHT as IN_FLIGHT
from bai_wx.metrics.names import LOGGED as LOGGED
from bai_wx.metrics.names import MOST_REPLICAS as MOST_REPLICAS
from bai_wx.metrics.names import PUBLIC_READS as PUBLIC_READS
from bai_wx.metrics.names import QUEUE_LENGTH as QUEUE_LENGTH
from bai_wx.metrics.names import QUEUE_WAIT as QUEUE_WAIT
from bai_wx.metrics.names import REPLICA_LAG as REPLICA_LAG
from bai_wx.metrics.names import RESTARTS as RESTARTS
from bai_wx.metrics.names import WECHAT_ANSWERS as WECHAT_ANSWERS
from bai_wx.metrics.names import WECHAT_ERRCODES as WECHAT_ERRCODES
from bai_wx.metrics.names import WECHAT_SECONDS as WECHAT_SECONDS
from bai_wx.metrics.requests import CLIENT_GONE as CLIENT_GONE
from bai_wx.metrics.requests import CONSOLE as CONSOLE
from bai_wx.metrics.requests import STATUSES as STATUSES
from bai_wx.metrics.requests import UNKNOWN as UNKNOWN
from bai_wx.metrics.requests import index_of as index_of
from bai_wx.metrics.requests import observe_request as observe_request
from bai_wx.metrics.requests import requests_answered as requests_answered
from bai_wx.metrics.shared import BESIDE as BESIDE
from bai_wx.metrics.shared import attach as attach
from bai_wx.metrics.shared import begin as begin
from bai_wx.metrics.shared import declare as declare
from bai_wx.metrics.shared import size as size
from bai_wx.metrics.text import CONTENT_TYPE as CONTENT_TYPE
from bai_wx.metrics.text import families as families
from bai_wx.metrics.text import text as text
