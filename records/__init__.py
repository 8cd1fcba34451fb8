"""PocketBase's records API over any model: lists, single records, writes, and their JSON."""

from records import body as body
from records import cost as cost
from records import multipart as multipart
from records import query as query
from records import uploads as uploads
from records.reading import list_page as list_page
from records.reading import view as view
from records.writing import create as create
from records.writing import delete as delete
from records.writing import update as update
