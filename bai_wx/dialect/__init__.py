"""PocketBase's records API over any model: lists, single records, writes, and their JSON."""

from bai_wx.dialect import cost as cost
from bai_wx.dialect import uploads as uploads
from bai_wx.dialect.input import batch as batch
from bai_wx.dialect.input import body as body
from bai_wx.dialect.input import multipart as multipart
from bai_wx.dialect.input import query as query
from bai_wx.dialect.reading import exists as exists
from bai_wx.dialect.reading import list_page as list_page
from bai_wx.dialect.reading import view as view
from bai_wx.dialect.writing import create as create
from bai_wx.dialect.writing import delete as delete
from bai_wx.dialect.writing import update as update
