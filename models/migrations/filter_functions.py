"""PostgreSQL functions that migration 0003 creates: values, JSON, patterns and distances as on SQLite.

SQLite compares values of different types: numbers come before texts, and a text beside a numeric column
is read as a number. `bai_value` is such a value: its `class` is 1 for a number and 2 for a text.

Frozen, as migrations are: these statements never change. A later migration replaces a function.
"""

VALUES = (
    'CREATE TYPE bai_value AS (class int2, number float8, text text COLLATE "C")',
    # A text that is a number all through, spaces around it aside; else NULL. Not one expression:
    # PostgreSQL would work out the cast of a constant before it looks whether it can be.
    r"""
    CREATE FUNCTION bai_numeric(held text) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    BEGIN
        IF held !~ '^[ \t\n\v\f\r]*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\n\v\f\r]*$'
            THEN RETURN NULL;
        ELSIF pg_input_is_valid(held, 'float8') THEN
            RETURN held::float8;
        ELSIF held ~ '[eE]-|^[ \t\n\v\f\r]*[+-]?0*\.' THEN
            RETURN 0;
        ELSIF held ~ '-' THEN
            RETURN '-Infinity';
        END IF;
        RETURN 'Infinity';
    END $$
    """,
    # As SQLite writes a float: 15 digits, and never without a point.
    r"""
    CREATE FUNCTION bai_text(held float8) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE WHEN held IN ('Infinity', '-Infinity')
        THEN CASE WHEN held > 0 THEN 'Inf' ELSE '-Inf' END
    WHEN held = 0
        THEN '0.0'
    WHEN abs(held) < 1e-4 OR abs(held::numeric) >= 1e15
        THEN replace(regexp_replace(btrim(to_char(held, '9.99999999999999EEEE')), '0+e', 'e'), '.e', '.0e')
    WHEN held::numeric = trunc(held::numeric)
        THEN trunc(held::numeric)::text || '.0'
    ELSE trim_scale(held::numeric)::text END
    """,
    "CREATE FUNCTION bai_text(held int8) RETURNS text"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN held::text",
    # Yuan: a whole number has no point.
    "CREATE FUNCTION bai_text(held numeric) RETURNS text"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN trim_scale(held)::text",
    "CREATE FUNCTION bai_value(held text) RETURNS bai_value"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (2, 0, held)::bai_value",
    "CREATE FUNCTION bai_value(held float8) RETURNS bai_value"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (1, held, '')::bai_value",
)

JSON = (
    # What a column of JSON text holds; NULL for what is none. PostgreSQL has no texts with a NUL:
    # where one is written, it is read as a character that stands for those that cannot be shown.
    r"""
    CREATE FUNCTION bai_json(held text) RETURNS json
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
        shown text := held;
    BEGIN
        IF strpos(held, '\u0000') > 0 THEN
            shown := regexp_replace(held, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g');
        END IF;
        IF pg_input_is_valid(shown, 'jsonb') THEN RETURN shown::json; END IF;
        RETURN NULL;
    END $$
    """,
    # A relation's ids; none for what is no list.
    r"""
    CREATE FUNCTION bai_items(held text) RETURNS json
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        items json;
    BEGIN
        IF held IS NULL OR held = '[]' THEN RETURN '[]'; END IF;
        items := bai_json(held);
        IF json_typeof(items) = 'array' THEN RETURN items; END IF;
        RETURN '[]';
    END $$
    """,
    r"""
    CREATE FUNCTION bai_text(held json) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE json_typeof(held)
    WHEN 'string' THEN held #>> '{}'
    WHEN 'number' THEN
        CASE WHEN held::text ~ '[.eE]' OR length(held::text) > 18
            THEN bai_text(bai_numeric(held::text)) ELSE held::text END
    WHEN 'boolean' THEN CASE WHEN held::text = 'true' THEN '1' ELSE '0' END
    WHEN 'null' THEN NULL
    ELSE held::text END
    """,
    r"""
    CREATE FUNCTION bai_value(held json) RETURNS bai_value
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE json_typeof(held)
    WHEN 'number' THEN bai_value(bai_numeric(held::text))
    WHEN 'boolean' THEN bai_value(CASE WHEN held::text = 'true' THEN 1 ELSE 0 END::float8)
    ELSE bai_value(bai_text(held)) END
    """,
    "CREATE FUNCTION bai_numeric(held json) RETURNS float8"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN bai_numeric(bai_text(held))",
    # What a value is beside a number; every text that is none comes after all numbers.
    "CREATE FUNCTION bai_beside_number(held text) RETURNS float8"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN"
    " COALESCE(bai_numeric(held), float8 'Infinity')",
    "CREATE FUNCTION bai_beside_number(held json) RETURNS float8"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN bai_beside_number(bai_text(held))",
)

PATTERNS = (
    # A pattern that ends with half an escape matches nothing, and is no error.
    r"""
    CREATE FUNCTION bai_pattern(held text, otherwise text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE WHEN length(substring(held from '\\*$')) % 2 = 1 THEN otherwise ELSE held END
    """,
)

DISTANCE = (
    # As SQLite's functions: of what has no distance, NULL.
    r"""
    CREATE FUNCTION bai_arc(cosine float8) RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE WHEN cosine BETWEEN -1 AND 1 THEN acos(cosine) END
    """,
    r"""
    CREATE FUNCTION bai_distance(lon_a float8, lat_a float8, lon_b float8, lat_b float8)
    RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE WHEN abs(lon_a) < 1e300 AND abs(lat_a) < 1e300 AND abs(lon_b) < 1e300 AND abs(lat_b) < 1e300
    THEN 6371 * bai_arc(
        cos(radians(lat_a)) * cos(radians(lat_b)) * cos(radians(lon_b) - radians(lon_a))
        + sin(radians(lat_a)) * sin(radians(lat_b))
    ) END
    """,
)
