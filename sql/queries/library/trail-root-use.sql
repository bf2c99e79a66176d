-- title: What was done as root, by a person rather than a service
-- log_type: cloudtrail_logs
-- columns: eventtime, eventsource, eventname, eventtype, awsregion, sourceipaddress, useridentity, errorcode, eventid
-- parameter: rows: how many at most
SELECT eventtime, useridentity.accountid AS account_id, eventsource, eventname, awsregion, sourceipaddress, useridentity.accesskeyid AS access_key, errorcode
FROM cloudtrail_logs
WHERE useridentity.type = 'Root' AND useridentity.invokedby IS NULL AND eventtype <> 'AwsServiceEvent'
ORDER BY eventtime DESC, eventid
LIMIT /* rows */ 100
