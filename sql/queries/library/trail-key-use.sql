-- title: Access keys by the addresses they were used from
-- log_type: cloudtrail_logs
-- columns: useridentity, sourceipaddress, eventsource, errorcode, eventtime
-- parameter: key: the access key's id; empty for all
-- parameter: rows: how many at most
SELECT
  useridentity.accesskeyid AS access_key,
  coalesce(useridentity.arn, useridentity.username) AS principal,
  sourceipaddress,
  count(*) AS requests,
  count(errorcode) AS errors,
  count(DISTINCT eventsource) AS services,
  min(eventtime) AS first_seen,
  max(eventtime) AS last_seen
FROM cloudtrail_logs
WHERE useridentity.accesskeyid IS NOT NULL AND /* key */ '' IN ('', useridentity.accesskeyid)
GROUP BY 1, 2, 3
ORDER BY access_key, requests DESC, principal, sourceipaddress
LIMIT /* rows */ 200
