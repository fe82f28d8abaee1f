-- {records} records of others, ten for each of them, on SQLite and PostgreSQL alike. In the order of time, so that
-- everybody's records lie scattered as they do after years.

INSERT INTO identity (appid, openid, platform, scope, first_seen, last_seen)
WITH RECURSIVE number (i) AS (
    SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < {records} / 10
)
SELECT
    'wx00000000000000a1', 'oABCDEFGHIJKLMNOP' || CAST(10000000000 + i * 1103515245 % 2147483648 AS TEXT), 'camellia',
    'snsapi_base', 1732233600, 1732233600
FROM number;

INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at)
WITH RECURSIVE number (i) AS (
    SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < {records}
)
SELECT
    'wx00000000000000a1',
    'oABCDEFGHIJKLMNOP' || CAST(10000000000 + i % ({records} / 10) * 1103515245 % 2147483648 AS TEXT),
    'order', '2025-' || CAST(i AS TEXT),
    '{"title":"云南高山红茶 250 克","fen":' || CAST(i % 1000000 AS TEXT) || ',"state":"paid","shop":"camellia-0"}',
    1, 1732233600000 + i, 1732233600000 + i
FROM number;
