-- Computers that wait for a phone to sign them in. Over after three minutes at the latest, and deleted as soon as another
-- one begins or waits.
CREATE TABLE scan (
    -- SHA-256 of four secrets: what the QR code says, the computer's cookie, what its page knows, and the code that page
    -- is given in the end.
    id           TEXT NOT NULL PRIMARY KEY,
    browser      TEXT NOT NULL,
    page         TEXT NOT NULL UNIQUE,
    code         TEXT NOT NULL UNIQUE,
    -- The configured name of the official account.
    account      TEXT NOT NULL,
    -- Where the computer goes on, and the state of its login.
    redirect_uri TEXT NOT NULL,
    login_state  TEXT NOT NULL,
    -- What computer and phone show: a number of two digits, and which browser on which system has asked.
    number       TEXT NOT NULL,
    client       TEXT NOT NULL,
    -- waiting, seen, allowed, refused or redeemed.
    state        TEXT NOT NULL,
    -- Whose phone it is, as soon as one has come.
    appid        TEXT,
    openid       TEXT,
    -- SHA-256 of the verifier of the login that took the code.
    verifier     TEXT,
    -- Milliseconds since 1970-01-01 UTC.
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    FOREIGN KEY (appid, openid) REFERENCES identity (appid, openid) ON DELETE CASCADE
);

CREATE INDEX scan_by_change ON scan (changed_at);
CREATE INDEX scan_by_end ON scan (ends_at);
CREATE INDEX scan_by_owner ON scan (appid, openid);
