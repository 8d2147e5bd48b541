-- Every text is compared byte by byte. Columns of two collations that meet in a join leave the index of one of them unused:
-- the list of accounts read all invitations and grants for each of its rows.
DO $$
DECLARE
    columns_of RECORD;
BEGIN
    FOR columns_of IN
        SELECT t.oid::regclass AS name, string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', a.attname), ', ' ORDER BY a.attnum) AS changes
        FROM pg_attribute a
        JOIN pg_class t ON t.oid = a.attrelid
        JOIN pg_collation c ON c.oid = a.attcollation
        WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND t.relname <> '_sqlx_migrations'
          AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'text'::regtype AND c.collname <> 'C'
        GROUP BY t.oid
        ORDER BY t.oid::regclass::text
    LOOP
        EXECUTE format('ALTER TABLE %s %s', columns_of.name, columns_of.changes);
    END LOOP;
END $$;
