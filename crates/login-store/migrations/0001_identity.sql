-- Who was seen under which official account. WeChat's tokens are not kept.
CREATE TABLE identity (
    appid      TEXT NOT NULL,
    openid     TEXT NOT NULL,
    -- The open platform the unionid belongs to; users of two platforms never join, even with equal unionids.
    platform   TEXT,
    unionid    TEXT,
    -- The most the user ever granted: snsapi_base or snsapi_userinfo.
    scope      TEXT NOT NULL,
    nickname   TEXT,
    headimgurl TEXT,
    -- Seconds since 1970-01-01 UTC.
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    PRIMARY KEY (appid, openid)
);

CREATE INDEX identity_by_person ON identity (platform, unionid);
