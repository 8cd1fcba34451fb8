"""Requests recorded on one server and played on another: their answers are compared byte for byte.

    BAI_WX_TEST_SERVER=OLD/bin/bai-wx python -m tests.replay record recordings/sqlite
    python -m tests.replay play recordings/sqlite

`--database postgresql` records on PostgreSQL; the player uses the database that was recorded on. Status,
header lines in their order and spelling, and bodies are equal but for the ids, times and tokens that a
server makes: those have names (`names`). A difference is shown in full, and the exit status is 1.

A recording has 5,200 requests, drawn by a seed (`story`) about what earlier answers told. 5,000 go to one
server, 70 to one that limits how often may be asked, 130 to one that knows some origins only. Answered
by the server of November 2026, on SQLite:

| family | all | 2xx | 3xx | 4xx | 5xx |
| --- | --- | --- | --- | --- | --- |
| another body with a key | 10 | 7 | 0 | 3 | 0 |
| auth-refresh | 69 | 61 | 0 | 8 | 0 |
| body | 47 | 2 | 0 | 45 | 0 |
| cart create | 232 | 151 | 0 | 81 | 0 |
| cart delete | 56 | 31 | 0 | 25 | 0 |
| cart detail | 126 | 82 | 0 | 44 | 0 |
| cart list | 148 | 118 | 0 | 30 | 0 |
| cart update | 161 | 104 | 0 | 57 | 0 |
| create tbl_cart | 92 | 44 | 0 | 48 | 0 |
| create tbl_company | 99 | 59 | 0 | 40 | 0 |
| create tbl_order | 111 | 71 | 0 | 40 | 0 |
| delete tbl_cart | 30 | 20 | 0 | 10 | 0 |
| delete tbl_company | 19 | 0 | 0 | 19 | 0 |
| delete tbl_order | 11 | 7 | 0 | 4 | 0 |
| download | 416 | 313 | 31 | 72 | 0 |
| header | 92 | 63 | 1 | 20 | 8 |
| large upload | 3 | 1 | 0 | 2 | 0 |
| list tbl_attachments | 218 | 187 | 0 | 31 | 0 |
| list tbl_cart | 212 | 178 | 0 | 34 | 0 |
| list tbl_company | 203 | 171 | 0 | 32 | 0 |
| list tbl_document | 209 | 180 | 0 | 29 | 0 |
| list tbl_order | 198 | 170 | 0 | 28 | 0 |
| list tbl_product_list | 205 | 171 | 0 | 34 | 0 |
| login | 120 | 79 | 0 | 27 | 14 |
| method | 51 | 14 | 0 | 37 | 0 |
| no file | 29 | 1 | 0 | 28 | 0 |
| order create | 216 | 127 | 0 | 89 | 0 |
| order delete | 77 | 55 | 0 | 22 | 0 |
| order detail | 105 | 72 | 0 | 33 | 0 |
| order list | 158 | 125 | 0 | 33 | 0 |
| order update | 120 | 53 | 0 | 67 | 0 |
| origin | 126 | 83 | 0 | 43 | 0 |
| oversize | 11 | 0 | 0 | 11 | 0 |
| path | 37 | 2 | 0 | 35 | 0 |
| profile | 118 | 55 | 0 | 63 | 0 |
| query | 51 | 35 | 0 | 16 | 0 |
| refresh-token | 76 | 57 | 0 | 19 | 0 |
| refused upload | 35 | 0 | 0 | 35 | 0 |
| sent again | 49 | 34 | 0 | 15 | 0 |
| token | 86 | 22 | 0 | 64 | 0 |
| update tbl_cart | 130 | 73 | 0 | 57 | 0 |
| update tbl_company | 66 | 39 | 0 | 27 | 0 |
| update tbl_order | 78 | 41 | 0 | 37 | 0 |
| upload | 119 | 96 | 0 | 23 | 0 |
| users-count | 42 | 42 | 0 | 0 | 0 |
| view tbl_attachments | 60 | 56 | 0 | 4 | 0 |
| view tbl_cart | 61 | 42 | 0 | 19 | 0 |
| view tbl_company | 54 | 46 | 0 | 8 | 0 |
| view tbl_document | 55 | 38 | 0 | 17 | 0 |
| view tbl_order | 50 | 40 | 0 | 10 | 0 |
| view tbl_product_list | 53 | 42 | 0 | 11 | 0 |
| all | 5200 | 3560 | 32 | 1586 | 22 |

Moments are told apart by the request that made them, so requests go out a millisecond apart or more. Nothing
is asked whose answer depends on random ids or on the time of day (`filters`).
"""
