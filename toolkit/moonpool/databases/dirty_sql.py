"""Functions that live in our own session only, and so leave no trace in the user's schema.

A table was ever written to if its file holds a page, which every session's writes show at once;
statistics lag by seconds. Rows that are to stay are known by their number and by the sum of the
transactions that wrote them: any insert, update or delete changes one or the other. Rows that are
not committed yet nobody else sees, so whoever wrote since the clean state was kept is waited for.
"""

from __future__ import annotations

__all__ = ["KEEP", "RESET", "SETUP"]

SETUP = """
SET lock_timeout = '2s';
CREATE TEMP TABLE moonpool_kept (oid oid, row_count bigint, xmins numeric, bytes bigint);
CREATE TEMP TABLE moonpool_sequence (oid oid, value bigint);

CREATE FUNCTION pg_temp.moonpool_written()
RETURNS TABLE (oid oid, name text, bytes bigint) LANGUAGE sql AS $$
    SELECT c.oid, c.oid::regclass::text, pg_relation_size(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND (pg_relation_size(c.oid) > 0 OR c.oid IN (SELECT k.oid FROM moonpool_kept k))
$$;

CREATE FUNCTION pg_temp.moonpool_state(name text, OUT row_count bigint, OUT xmins numeric)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM ONLY %s', name)
    INTO row_count, xmins;
END $$;

CREATE FUNCTION pg_temp.moonpool_schema() RETURNS text LANGUAGE sql AS $$
    WITH relation AS MATERIALIZED (
        SELECT oid, relname, relnamespace, relkind FROM pg_class
        WHERE oid >= 16384 AND relpersistence <> 't' AND relkind <> 't'
    )
    SELECT concat_ws(' ',
        (SELECT (count(*), sum(oid::bigint), sum(hashtext(concat(relname, relnamespace, relkind))))
         FROM relation)::text,
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_attribute
         WHERE attrelid IN (SELECT oid FROM relation WHERE relkind IN ('r', 'p', 'v', 'm')))::text,
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_attrdef
         WHERE adrelid IN (SELECT oid FROM relation))::text,
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_constraint
         WHERE oid >= 16384
           AND (conrelid = 0 OR conrelid IN (SELECT oid FROM relation)))::text,
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_trigger
         WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM relation))::text,
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_rewrite
         WHERE oid >= 16384 AND ev_class IN (SELECT oid FROM relation))::text,
        (SELECT (count(*), sum(p.xmin::text::bigint)) FROM pg_proc p
         JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE p.oid >= 16384 AND n.nspname NOT LIKE 'pg\\_%')::text,
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_enum)::text,
        (SELECT (count(*), sum(oid::bigint)) FROM pg_namespace
         WHERE nspname NOT LIKE 'pg\\_%')::text)
$$;

CREATE FUNCTION pg_temp.moonpool_keep() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    written record; kept record; state record;
BEGIN
    DELETE FROM moonpool_kept k WHERE k.oid NOT IN (SELECT c.oid FROM pg_class c);
    FOR written IN SELECT * FROM pg_temp.moonpool_written() LOOP
        state := pg_temp.moonpool_state(written.name);
        SELECT * INTO kept FROM moonpool_kept k WHERE k.oid = written.oid;
        CONTINUE WHEN FOUND AND kept.row_count = state.row_count AND kept.xmins = state.xmins;
        EXECUTE format('DROP TABLE IF EXISTS pg_temp.moonpool_copy_%s', written.oid);
        DELETE FROM moonpool_kept k WHERE k.oid = written.oid;
        CONTINUE WHEN state.row_count = 0;
        EXECUTE format('CREATE TEMP TABLE moonpool_copy_%s AS SELECT * FROM ONLY %s',
                       written.oid, written.name);
        INSERT INTO moonpool_kept
        VALUES (written.oid, state.row_count, state.xmins, written.bytes);
    END LOOP;
    DELETE FROM moonpool_sequence;
    INSERT INTO moonpool_sequence
    SELECT s.seqrelid, pg_sequence_last_value(s.seqrelid) FROM pg_sequence s
    JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relpersistence <> 't';
    RETURN pg_temp.moonpool_schema();
END $$;

CREATE FUNCTION pg_temp.moonpool_restore(
    oid oid, name text, privileged boolean
) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    kept record; state record; columns text;
BEGIN
    SELECT * INTO kept FROM moonpool_kept k WHERE k.oid = moonpool_restore.oid;
    state := pg_temp.moonpool_state(name);
    IF kept.row_count = state.row_count AND kept.xmins = state.xmins THEN
        RETURN false;
    END IF;
    IF NOT privileged THEN
        RAISE EXCEPTION 'rows of % were changed', name USING ERRCODE = '42501';
    END IF;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute
    WHERE attrelid = moonpool_restore.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('DELETE FROM ONLY %s', name);
    EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM moonpool_copy_%s',
                   name, columns, columns, moonpool_restore.oid);
    state := pg_temp.moonpool_state(name);
    UPDATE moonpool_kept k SET row_count = state.row_count, xmins = state.xmins
    WHERE k.oid = moonpool_restore.oid;
    RETURN true;
END $$;

CREATE FUNCTION pg_temp.moonpool_delete_together() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    written record; dirty boolean; found text[]; cleaned text[] := '{}';
BEGIN
    -- The user's triggers may write anew while rows are deleted.
    FOR attempt IN 1 .. 3 LOOP
        found := '{}';
        FOR written IN SELECT * FROM pg_temp.moonpool_written() w
                       WHERE w.oid NOT IN (SELECT k.oid FROM moonpool_kept k) LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', written.name) INTO dirty;
            found := CASE WHEN dirty THEN found || written.name ELSE found END;
        END LOOP;
        EXIT WHEN found = '{}';
        -- Foreign keys are checked at the end of a statement, so one statement needs no order.
        EXECUTE (SELECT 'WITH ' || string_agg(format('d%s AS (DELETE FROM ONLY %s)', i, t), ', ')
                        || ' SELECT 1' FROM unnest(found) WITH ORDINALITY AS u(t, i));
        cleaned := cleaned || found;
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT unnest(cleaned));
END $$;

CREATE FUNCTION pg_temp.moonpool_await_writers(since timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    patience CONSTANT timestamptz := clock_timestamp() + current_setting('lock_timeout')::interval;
BEGIN
    -- A transaction of before is a wider fixture's, whose rows belong to the clean state.
    WHILE EXISTS (SELECT FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()
                    AND backend_type = 'client backend'
                    AND backend_xid IS NOT NULL AND xact_start >= since) LOOP
        IF clock_timestamp() > patience THEN
            RAISE lock_not_available USING MESSAGE = 'a transaction of the test is still open';
        END IF;
        PERFORM pg_sleep(0.002), pg_stat_clear_snapshot();
    END LOOP;
END $$;

CREATE FUNCTION pg_temp.moonpool_reset(
    privileged boolean, since timestamptz, OUT schema text, OUT cleaned text[], OUT bloated text[]
) LANGUAGE plpgsql AS $$
DECLARE
    written record; row_count bigint;
BEGIN
    PERFORM pg_temp.moonpool_await_writers(since);
    schema := pg_temp.moonpool_schema();
    cleaned := CASE WHEN privileged THEN '{}' ELSE pg_temp.moonpool_delete_together() END;
    bloated := '{}';
    FOR written IN SELECT w.*, k.bytes AS kept FROM pg_temp.moonpool_written() w
                   LEFT JOIN moonpool_kept k ON k.oid = w.oid LOOP
        IF written.bytes > 65536 + 2 * coalesce(written.kept, 0) THEN
            bloated := bloated || written.name;
        END IF;
        IF written.kept IS NOT NULL THEN
            row_count := pg_temp.moonpool_restore(written.oid, written.name, privileged)::int;
        ELSIF privileged THEN
            EXECUTE format('DELETE FROM ONLY %s', written.name);
            GET DIAGNOSTICS row_count = ROW_COUNT;
        ELSE
            CONTINUE;
        END IF;
        IF row_count > 0 THEN
            cleaned := cleaned || written.name;
        END IF;
    END LOOP;
    PERFORM setval(s.seqrelid, coalesce(k.value, s.seqstart), k.value IS NOT NULL)
    FROM pg_sequence s
    JOIN pg_class c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
    LEFT JOIN moonpool_sequence k ON k.oid = s.seqrelid
    WHERE pg_sequence_last_value(s.seqrelid) IS DISTINCT FROM k.value;
END $$;
"""

KEEP = "SELECT pg_temp.moonpool_keep(), clock_timestamp()"
RESET = "SELECT schema, cleaned, bloated FROM pg_temp.moonpool_reset(%s, %s)"
