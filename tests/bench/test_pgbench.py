"""What `pgbench` is given to run: the statements of a request, each transaction's values drawn anew."""

from bench import dataset
from bench.pgbench import _ENTRY, _read, _script

LOG = """\
2026-11-29 00:00:00.000 UTC [7] LOG:  duration: 0.030 ms  bind s1: SELECT 1
2026-11-29 00:00:00.000 UTC [7] LOG:  duration: 0.019 ms  execute s1: BEGIN
2026-11-29 00:00:00.000 UTC [7] LOG:  duration: 0.019 ms  execute s2: SELECT "id"
\tFROM "tbl_cart" WHERE "cart_owner" = $1 AND "is_delete" = $2 AND "cart_remark" = $3 LIMIT $10
2026-11-29 00:00:00.000 UTC [7] DETAIL:  Parameters: $1 = '{openid}', $2 = '0', $3 = 'it''s 5:3', $10 = '1'
2026-11-29 00:00:00.001 UTC [7] LOG:  duration: 0.1 ms  execute s3: INSERT INTO "tbl_cart" ("id", "cart_owner")
\tVALUES ($1, $2) RETURNING "seq"
2026-11-29 00:00:00.001 UTC [7] DETAIL:  Parameters: $1 = 'abcdefghijklmno', $2 = '{openid}'
2026-11-29 00:00:00.001 UTC [7] LOG:  duration: 0.1 ms  execute s4: COMMIT
"""
OWNER = "('oBENCH' || lpad(:user::text, 22, '0'))"


def test_the_statements_of_a_request_become_a_script() -> None:
    """Owners are drawn, ids that are inserted are random, and all else stays as it was sent."""
    statements = _read(_ENTRY.split(LOG.format(openid=dataset.openid(3))))
    begin, select, insert, commit = _script(statements).splitlines()[-4:]
    assert (begin, commit) == ("BEGIN;", "COMMIT;")
    assert select == (
        f'SELECT "id" FROM "tbl_cart" WHERE "cart_owner" = {OWNER} AND "is_delete" = \'0\''
        " AND \"cart_remark\" = 'it''s 5' || chr(58) || '3' LIMIT '1';"
    )
    assert insert.startswith('INSERT INTO "tbl_cart" ("id", "cart_owner") VALUES (left(md5(')
    assert insert.endswith(f', {OWNER}) RETURNING "seq";')
