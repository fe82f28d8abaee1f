-- Fills an empty database with {identities} identities and ten times as many records, on SQLite and PostgreSQL alike.
-- Everything is worked out from numbers, and by the same rules in src/store_growth/population.rs.

INSERT INTO identity (appid, openid, platform, unionid, scope, first_seen, last_seen)
WITH RECURSIVE number (i) AS (
    SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < {identities}
)
SELECT
    {appid}, {openid}, 'camellia',
    'oUn10nABCDEFGHIJK' || CAST(10000000000 + (CASE WHEN i % 21 = 20 THEN i - 1 ELSE i END) * 1103515245 % 2147483648 AS TEXT),
    'snsapi_base', 1732233600, 1732233600
FROM number;

-- In the order of time, so that everybody's records lie scattered as they do after two years.
INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at)
WITH RECURSIVE number (i) AS (
    SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < {identities}
), everybody (i, records) AS (
    SELECT i, CASE
        WHEN i = 0 THEN {longest}
        WHEN i * 1103515245 % 2147483648 % 2000 = 1 THEN 1000
        WHEN i * 1103515245 % 2147483648 % 50 = 2 THEN 100
        WHEN i * 1103515245 % 2147483648 % 5 = 3 THEN 10 + i * 1103515245 % 2147483648 % 21
        ELSE i * 1103515245 % 2147483648 % 10
    END FROM number
), numbered (i, j, records) AS (
    SELECT i, CAST(0 AS BIGINT), records FROM everybody WHERE records > 0
    UNION ALL SELECT i, j + 1, records FROM numbered WHERE j + 1 < records
), scattered (i, j, y) AS (
    SELECT i, j, (i * 40503 + j) % 2147483648 * 1103515245 % 2147483648 FROM numbered
)
SELECT
    {appid}, {openid}, 'order', CAST(10000000000 + y AS TEXT) || '-' || CAST(j AS TEXT),
    '{"title":"云南高山红茶 250 克","fen":' || CAST(y % 1000000 AS TEXT) || ',"state":"paid","shop":"camellia-0"}',
    1, 1732233600000 + y * 29, 1732233600000 + y * 29
FROM scattered ORDER BY y;
