"""PostgreSQL functions that migration 0003 creates: `strftime` as SQLite has it.

Frozen, as migrations are: these statements never change. A later migration replaces a function.
"""

MOMENTS = (
    # A moment on its way: `ms` since the beginning of the Julian days, and the parts it was written
    # in, as long as they are true. `raw` is a number nobody has said the meaning of; `over` are the
    # days by which the date runs over the end of its month. After SQLite's date.c.
    "CREATE TYPE bai_moment AS (ms int8, raw float8, year int8, month int8, day int8,"
    " hour int8, minute int8, second float8, zone int8, over int8, is_wrong bool)",
    r"""
    CREATE FUNCTION bai_over(year int8, month int8, day int8) RETURNS int8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN day <= 28 OR month IN (1, 3, 5, 7, 8, 10, 12) THEN 0
    WHEN month <> 2 THEN CASE WHEN day = 31 THEN 1 ELSE 0 END
    WHEN year % 4 <> 0 OR (year % 100 = 0 AND year % 400 <> 0) THEN day - 28
    ELSE day - 29 END
    """,
    r"""
    CREATE FUNCTION bai_counted(m bai_moment) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        y int8 := COALESCE(m.year, 2000);
        mo int8 := COALESCE(m.month, 1);
        d int8 := COALESCE(m.day, 1);
        a int8;
    BEGIN
        IF m.ms IS NOT NULL THEN RETURN m; END IF;
        IF y < -4713 OR y > 9999 OR m.raw IS NOT NULL THEN
            m := bai_bare(m);
            m.is_wrong := true;
            m.ms := 0; m.raw := NULL;
            RETURN m;
        END IF;
        IF mo <= 2 THEN
            y := y - 1;
            mo := mo + 12;
        END IF;
        a := (y + 4800) / 100;
        m.ms := (((36525 * (y + 4716) / 100) + (306001 * (mo + 1) / 10000) + d
            + (38 - a + a / 4))::float8 - 1524.5) * 86400000;
        IF m.hour IS NOT NULL THEN
            m.ms := m.ms + m.hour * 3600000 + m.minute * 60000 + trunc(m.second * 1000 + 0.5)::int8;
            IF COALESCE(m.zone, 0) <> 0 THEN
                m.ms := m.ms - m.zone * 60000;
                m := bai_bare(m);
            END IF;
        END IF;
        RETURN m;
    END $$
    """,
    r"""
    CREATE FUNCTION bai_bare(m bai_moment) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
        m.year := NULL; m.month := NULL; m.day := NULL;
        m.hour := NULL; m.minute := NULL; m.second := NULL;
        m.zone := 0;
        RETURN m;
    END $$
    """,
    r"""
    CREATE FUNCTION bai_dated(m bai_moment) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE z int8; alpha int8; a int8; b int8; c int8; d int8; e int8;
    BEGIN
        IF m.year IS NOT NULL THEN RETURN m; END IF;
        IF m.ms IS NULL THEN
            m.year := 2000; m.month := 1; m.day := 1;
            RETURN m;
        END IF;
        IF m.ms NOT BETWEEN 0 AND 464269060799999 THEN
            m.is_wrong := true;
            m.year := 2000; m.month := 1; m.day := 1;
            RETURN m;
        END IF;
        z := (m.ms + 43200000) / 86400000;
        alpha := trunc((z + 32044.75) / 36524.25) - 52;
        a := z + 1 + alpha - ((alpha + 100) / 4) + 25;
        b := a + 1524;
        c := trunc((b - 122.1) / 365.25);
        d := (36525 * (c & 32767)) / 100;
        e := trunc((b - d) / 30.6001);
        m.day := b - d - trunc(30.6001 * e);
        m.month := CASE WHEN e < 14 THEN e - 1 ELSE e - 13 END;
        m.year := CASE WHEN m.month > 2 THEN c - 4716 ELSE c - 4715 END;
        RETURN m;
    END $$
    """,
    r"""
    CREATE FUNCTION bai_timed(m bai_moment) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE of_day int8;
    BEGIN
        IF m.hour IS NOT NULL THEN RETURN m; END IF;
        m := bai_counted(m);
        of_day := (m.ms + 43200000) % 86400000;
        m.hour := of_day / 3600000;
        m.minute := of_day / 60000 % 60;
        m.second := (of_day % 60000) / 1000.0;
        m.raw := NULL;
        RETURN m;
    END $$
    """,
    # `10:20`, `10:20:30.5Z`, `10:20+08:00`; NULL for what is no time.
    r"""
    CREATE FUNCTION bai_time(held text, m bai_moment) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        p text[] := regexp_match(held, '^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?'
            '[ \t\n\v\f\r]*(?:[zZ]|([+-])([0-9]{2}):([0-9]{2}))?[ \t\n\v\f\r]*$');
    BEGIN
        IF p IS NULL OR p[1]::int > 24 OR p[2]::int > 59 OR COALESCE(p[3], '0')::int > 59
            OR COALESCE(p[6], '0')::int > 14 OR COALESCE(p[7], '0')::int > 59 THEN
            RETURN NULL;
        END IF;
        m.ms := NULL; m.raw := NULL;
        m.hour := p[1]; m.minute := p[2];
        m.second := COALESCE(p[3], '0')::float8 + least(('0' || COALESCE(left(p[4], 20), '.0'))::float8, 0.999);
        m.zone := CASE p[5] WHEN '-' THEN -1 ELSE 1 END
            * (COALESCE(p[6], '0')::int * 60 + COALESCE(p[7], '0')::int);
        RETURN m;
    END $$
    """,
    r"""
    CREATE FUNCTION bai_raw(held float8) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE m bai_moment;
    BEGIN
        m.raw := held;
        m.zone := 0; m.over := 0; m.is_wrong := false;
        IF held >= 0 AND held < 5373484.5 THEN m.ms := trunc(held * 86400000.0 + 0.5); END IF;
        RETURN m;
    END $$
    """,
    r"""
    CREATE FUNCTION bai_moment(held bai_value) RETURNS bai_moment
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    DECLARE
        m bai_moment;
        timed bai_moment;
        p text[];
        number float8;
    BEGIN
        IF held.class = 1 THEN RETURN bai_raw(held.number); END IF;
        m.zone := 0; m.over := 0; m.is_wrong := false;
        p := regexp_match(held.text, '^(-?)([0-9]{4})-([0-9]{2})-([0-9]{2})[ \t\n\v\f\rT]*(.*)$');
        IF p IS NOT NULL AND p[3]::int BETWEEN 1 AND 12 AND p[4]::int BETWEEN 1 AND 31 THEN
            IF p[5] <> '' THEN
                m := bai_time(p[5], m);
                IF m IS NULL THEN RETURN NULL; END IF;
            END IF;
            m.year := (p[1] || p[2])::int8; m.month := p[3]; m.day := p[4];
            m.over := bai_over(m.year, m.month, m.day);
            IF COALESCE(m.zone, 0) <> 0 THEN m := bai_counted(m); END IF;
            RETURN m;
        END IF;
        timed := bai_time(held.text, m);
        IF NOT (timed IS NULL) THEN RETURN timed; END IF;
        IF lower(held.text COLLATE "C") = 'now' THEN
            m.ms := trunc(extract(epoch FROM clock_timestamp()) * 1000)::int8 + 210866760000000;
            RETURN m;
        END IF;
        number := bai_numeric(held.text);
        IF number IS NULL THEN RETURN NULL; END IF;
        RETURN bai_raw(number);
    END $$
    """,
    r"""
    CREATE FUNCTION bai_shifted(m bai_moment, modifier text, place int) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        word text := lower(modifier COLLATE "C");
        p text[];
        number float8;
        months int8;
        shift bai_moment;
        was_wrong bool;
        unit text;
        ms_each float8;
        most float8;
    BEGIN
        IF word IN ('localtime', 'utc') THEN  -- which are one, and forget what went wrong
            was_wrong := m.is_wrong;
            m := bai_bare(bai_counted(m));
            IF m.is_wrong AND (was_wrong OR word = 'localtime') THEN
                m.ms := 211813444800000;  -- the beginning of the year 2000
            END IF;
            m.is_wrong := false;
            RETURN m;
        ELSIF word IN ('subsec', 'subsecond') THEN
            RETURN m;
        ELSIF word = 'ceiling' THEN
            RETURN bai_bare(bai_counted(m));
        ELSIF word = 'floor' THEN
            m := bai_counted(m);
            m.ms := m.ms - m.over * 86400000;
            RETURN bai_bare(m);
        ELSIF word = 'auto' THEN
            IF place > 1 THEN RETURN NULL; END IF;
            IF m.raw IS NOT NULL AND m.ms IS NULL THEN
                IF m.raw NOT BETWEEN -210866760000 AND 253402300799 THEN RETURN m; END IF;
                m.ms := trunc(m.raw * 1000.0 + 210866760000000.0 + 0.5);
                m := bai_bare(m);
            END IF;
            m.raw := NULL;
            RETURN m;
        ELSIF word = 'julianday' THEN
            IF place > 1 OR m.ms IS NULL OR m.raw IS NULL THEN RETURN NULL; END IF;
            m.raw := NULL;
            RETURN m;
        ELSIF word = 'unixepoch' THEN
            IF place > 1 OR m.raw IS NULL THEN RETURN NULL; END IF;
            number := m.raw * 1000.0 + 210866760000000.0;
            IF number < 0 OR number >= 464269060800000 THEN RETURN NULL; END IF;
            m.ms := trunc(number + 0.5);
            m.raw := NULL;
            RETURN bai_bare(m);
        ELSIF word LIKE 'weekday %' THEN
            number := bai_numeric(substr(word, 9));
            IF number IS NULL OR number < 0 OR number >= 7 OR number <> trunc(number) THEN
                RETURN NULL;
            END IF;
            m := bai_timed(bai_dated(m));
            m.zone := 0; m.ms := NULL;
            m := bai_counted(m);
            months := (m.ms + 129600000) / 86400000 % 7;
            IF months > number THEN months := months - 7; END IF;
            m.ms := m.ms + (number::int8 - months) * 86400000;
            RETURN bai_bare(m);
        ELSIF word IN ('start of day', 'start of month', 'start of year') THEN
            IF m.ms IS NULL AND m.year IS NULL AND m.hour IS NULL THEN RETURN NULL; END IF;
            m := bai_dated(m);
            m.hour := 0; m.minute := 0; m.second := 0;
            m.raw := NULL; m.zone := 0; m.ms := NULL;
            IF word <> 'start of day' THEN m.day := 1; END IF;
            IF word = 'start of year' THEN m.month := 1; END IF;
            RETURN m;
        END IF;
        -- +0001-02-03, with a time or without one.
        p := regexp_match(word, '^([+-])([0-9]{4,5})-([0-9]{2})-([0-9]{2})'
            '(?:[ \t\n\v\f\r]([0-9]{2}:[0-9]{2}.*))?$');
        IF p IS NOT NULL THEN
            IF p[3]::int >= 12 OR p[4]::int >= 31 THEN RETURN NULL; END IF;
            m := bai_timed(bai_dated(m));
            months := CASE p[1] WHEN '-' THEN -1 ELSE 1 END;
            m := bai_counted(bai_months_on(m, months * (p[2]::int8 * 12 + p[3]::int8)));
            m := bai_bare(m);
            m.ms := m.ms + months * p[4]::int8 * 86400000;
            IF p[5] IS NULL THEN RETURN m; END IF;
            word := p[1] || p[5];
        END IF;
        -- +10:20, +10:20:30.5
        p := regexp_match(word, '^([+-]?)([0-9]{2}:.*)$');
        IF p IS NOT NULL THEN
            shift.zone := 0;
            shift := bai_time(p[2], shift);
            IF shift IS NULL THEN RETURN NULL; END IF;
            shift := bai_counted(shift);
            m := bai_counted(m);
            m.ms := m.ms + CASE p[1] WHEN '-' THEN -1 ELSE 1 END * ((shift.ms - 43200000) % 86400000);
            RETURN bai_bare(m);
        END IF;
        -- 1.5 days
        p := regexp_match(word, '^([+-]?[0-9][^ \t\n\v\f\r:]*|[+-]\.[0-9][^ \t\n\v\f\r:]*)'
            '[ \t\n\v\f\r]*([a-z]+)$');
        number := bai_numeric(p[1]);
        unit := CASE WHEN p[2] LIKE '%s' THEN left(p[2], -1) ELSE p[2] END;
        IF number IS NULL THEN RETURN NULL; END IF;
        SELECT t.each, t.limit INTO ms_each, most FROM (VALUES
            ('second', 1000.0::float8, 4.6427e+14::float8), ('minute', 60000.0, 7.7379e+12),
            ('hour', 3600000.0, 1.2897e+11), ('day', 86400000.0, 5373485.0),
            ('month', 2592000000.0, 176546.0), ('year', 31536000000.0, 14713.0)
        ) AS t(name, each, "limit") WHERE t.name = unit;
        IF ms_each IS NULL OR abs(number) >= most THEN RETURN NULL; END IF;
        m := bai_counted(m);
        m.over := 0;
        IF unit IN ('month', 'year') THEN
            m := bai_timed(bai_dated(m));
            m := bai_months_on(m, trunc(number)::int8 * CASE unit WHEN 'year' THEN 12 ELSE 1 END);
            number := number - trunc(number);
        END IF;
        m := bai_counted(m);
        m.ms := m.ms + trunc(number * ms_each + CASE WHEN number < 0 THEN -0.5 ELSE 0.5 END)::int8;
        RETURN bai_bare(m);
    END $$
    """,
    r"""
    CREATE FUNCTION bai_months_on(m bai_moment, months int8) RETURNS bai_moment
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE total int8 := m.year * 12 + m.month - 1 + months;
    BEGIN
        m.year := floor(total / 12.0);
        m.month := total - m.year * 12 + 1;
        m.over := bai_over(m.year, m.month, m.day);
        m.ms := NULL;
        RETURN m;
    END $$
    """,
    # SQLite's strftime; NULL for a time, a shift or a format it does not know.
    r"""
    CREATE FUNCTION bai_strftime(format text, held bai_value, modifiers text[]) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
    DECLARE
        m bai_moment := bai_moment(held);
        made text;
        parts jsonb := '{}';
        code text;
        part text;
        yearday int8;
        weekday int8;
        thursday bai_moment;
        hour12 int8;
    BEGIN
        FOR number IN 1 .. cardinality(modifiers) LOOP
            IF m IS NULL THEN RETURN NULL; END IF;
            m := bai_shifted(m, modifiers[number], number);
        END LOOP;
        IF m IS NULL THEN RETURN NULL; END IF;
        m := bai_counted(m);
        IF m.is_wrong OR m.ms NOT BETWEEN 0 AND 464269060799999 THEN RETURN NULL; END IF;
        IF cardinality(modifiers) = 0 AND m.day > 28 THEN
            m.year := NULL; m.month := NULL; m.day := NULL;
        END IF;
        m := bai_timed(bai_dated(m));
        m := bai_dated(m);
        weekday := (m.ms + 129600000) / 86400000 % 7;
        yearday := (m.ms + 43200000) / 86400000 - (bai_new_year(m.year) + 43200000) / 86400000;
        hour12 := (m.hour + 11) % 12 + 1;
        FOR code IN SELECT DISTINCT p[1] FROM regexp_matches(format, '%(.?)', 'g') AS p LOOP
            IF code IN ('G', 'g', 'V') THEN
                thursday.ms := m.ms + (3 - (weekday + 6) % 7) * 86400000;
                thursday := bai_dated(bai_bare(thursday));
            END IF;
            part := CASE code
                WHEN 'd' THEN bai_digits(m.day, 2)
                WHEN 'e' THEN lpad(m.day::text, 2)
                WHEN 'f' THEN btrim(to_char(least(m.second, 59.999), '00.000'))
                WHEN 'F' THEN bai_digits(m.year, 4) || '-' || bai_digits(m.month, 2)
                    || '-' || bai_digits(m.day, 2)
                WHEN 'G' THEN bai_digits(thursday.year, 4)
                WHEN 'g' THEN bai_digits(thursday.year % 100, 2)
                WHEN 'H' THEN bai_digits(m.hour, 2)
                WHEN 'I' THEN bai_digits(hour12, 2)
                WHEN 'j' THEN bai_digits(yearday + 1, 3)
                WHEN 'J' THEN rtrim(rtrim(to_char(m.ms / 86400000.0, 'FM9999999.999999999'), '0'), '.')
                WHEN 'k' THEN lpad(m.hour::text, 2)
                WHEN 'l' THEN lpad(hour12::text, 2)
                WHEN 'm' THEN bai_digits(m.month, 2)
                WHEN 'M' THEN bai_digits(m.minute, 2)
                WHEN 'p' THEN CASE WHEN m.hour >= 12 THEN 'PM' ELSE 'AM' END
                WHEN 'P' THEN CASE WHEN m.hour >= 12 THEN 'pm' ELSE 'am' END
                WHEN 'R' THEN bai_digits(m.hour, 2) || ':' || bai_digits(m.minute, 2)
                WHEN 's' THEN (m.ms / 1000 - 210866760000)::text
                WHEN 'S' THEN bai_digits(trunc(m.second)::int8, 2)
                WHEN 'T' THEN bai_digits(m.hour, 2) || ':' || bai_digits(m.minute, 2) || ':'
                    || bai_digits(trunc(m.second)::int8, 2)
                WHEN 'u' THEN (CASE weekday WHEN 0 THEN 7 ELSE weekday END)::text
                WHEN 'w' THEN weekday::text
                WHEN 'U' THEN bai_digits((yearday - weekday + 7) / 7, 2)
                WHEN 'V' THEN bai_digits(((thursday.ms + 43200000) / 86400000
                    - (bai_new_year(thursday.year) + 43200000) / 86400000) / 7 + 1, 2)
                WHEN 'W' THEN bai_digits((yearday - (weekday + 6) % 7 + 7) / 7, 2)
                WHEN 'Y' THEN bai_digits(m.year, 4)
                WHEN '%' THEN '%'
            END;
            IF part IS NULL THEN RETURN NULL; END IF;
            parts := parts || jsonb_build_object(code, part);
        END LOOP;
        SELECT string_agg(
            CASE WHEN left(p[1], 1) = '%' THEN parts ->> substr(p[1], 2) ELSE p[1] END, '' ORDER BY place
        ) INTO made
        FROM regexp_matches(format, '%.|[^%]+', 'g') WITH ORDINALITY AS t(p, place);
        RETURN COALESCE(made, '');
    END $$
    """,
    r"""
    CREATE FUNCTION bai_new_year(year int8) RETURNS int8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE m bai_moment;
    BEGIN
        m.year := year; m.month := 1; m.day := 1;
        m := bai_counted(m);
        RETURN m.ms;
    END $$
    """,
    r"""
    CREATE FUNCTION bai_digits(number int8, width int) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE WHEN number < 0
        THEN '-' || lpad(abs(number)::text, greatest(width - 1, length(abs(number)::text)), '0')
    ELSE lpad(number::text, greatest(width, length(number::text)), '0') END
    """,
)
