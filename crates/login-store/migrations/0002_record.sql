-- What the company keeps about a user, an order for instance. Gone with the identity it belongs to.
CREATE TABLE record (
    appid      TEXT NOT NULL,
    openid     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    -- JSON without insignificant blanks. Text, so that what comes out is what went in, on every engine.
    value      TEXT NOT NULL,
    -- Random at first, one more with every change: a version is never met again, not even after deletion.
    version    BIGINT NOT NULL,
    -- Milliseconds since 1970-01-01 UTC. Never changes, so a list keeps its order while it is read.
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (appid, openid, kind, key),
    FOREIGN KEY (appid, openid) REFERENCES identity (appid, openid) ON DELETE CASCADE
);

-- The order of a user's list.
CREATE INDEX record_newest_first ON record (appid, openid, created_at DESC, kind, key);
