-- title: Roles that were assumed, and from these the next ones, up to three
-- log_type: cloudtrail_logs
-- columns: eventtime, eventsource, eventname, useridentity, requestparameters, responseelements, errorcode
-- parameter: rows: how many at most
-- The key that AssumeRole gave out is the key that the next request is made with.
WITH assumed AS (
  SELECT
    eventtime,
    coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid, useridentity.type) AS caller,
    useridentity.accesskeyid AS used_key,
    json_extract_scalar(requestparameters, '$.roleArn') AS role,
    json_extract_scalar(responseelements, '$.credentials.accessKeyId') AS given_key
  FROM cloudtrail_logs
  WHERE eventsource = 'sts.amazonaws.com' AND eventname LIKE 'AssumeRole%' AND errorcode IS NULL
)
SELECT
  a.caller,
  a.role AS first_role,
  b.role AS second_role,
  c.role AS third_role,
  count(*) AS times,
  min(a.eventtime) AS first_seen,
  max(a.eventtime) AS last_seen
FROM assumed a
LEFT JOIN assumed b ON b.used_key = a.given_key
LEFT JOIN assumed c ON c.used_key = b.given_key
LEFT JOIN (SELECT DISTINCT given_key FROM assumed) earlier ON earlier.given_key = a.used_key
WHERE earlier.given_key IS NULL
GROUP BY a.caller, a.role, b.role, c.role
ORDER BY IF(c.role IS NOT NULL, 0, IF(b.role IS NOT NULL, 1, 2)), times DESC, caller, first_role, second_role, third_role
LIMIT /* rows */ 100
