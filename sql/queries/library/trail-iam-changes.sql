-- title: Changes to IAM: users, roles, policies, keys
-- log_type: cloudtrail_logs
-- columns: eventtime, eventsource, eventname, readonly, sourceipaddress, useridentity, requestparameters, errorcode, eventid
-- parameter: rows: how many at most
SELECT
  eventtime, eventname,
  coalesce(useridentity.arn, useridentity.invokedby) AS principal,
  sourceipaddress, requestparameters, errorcode
FROM cloudtrail_logs
WHERE eventsource = 'iam.amazonaws.com' AND readonly = 'false'
ORDER BY eventtime DESC, eventid
LIMIT /* rows */ 100
