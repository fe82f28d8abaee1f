-- Tells Citus to spread users and what belongs to them over its workers: once, on the coordinator, after the first start of
-- the proxy, which makes the tables. docs/en/scaling.md has the steps.
--
-- Scans are over in minutes and stay on the coordinator: a table there may not point at what is spread.
ALTER TABLE scan DROP CONSTRAINT IF EXISTS scan_appid_openid_fkey;
-- By openid, which is random, and in this order, because records belong to identities and lie where they lie.
SELECT create_distributed_table('identity', 'openid');
SELECT create_distributed_table('record', 'openid', colocate_with => 'identity');
