-- title: Console sign-ins: who, from where, with MFA or without
-- log_type: cloudtrail_logs
-- columns: eventtime, eventname, useridentity, sourceipaddress, responseelements, additionaleventdata, errormessage, eventid
-- parameter: rows: how many at most
SELECT
  eventtime,
  coalesce(useridentity.arn, useridentity.username, useridentity.principalid) AS principal,
  useridentity.type AS type,
  sourceipaddress,
  json_extract_scalar(responseelements, '$.ConsoleLogin') AS result,
  json_extract_scalar(additionaleventdata, '$.MFAUsed') AS mfa_used,
  errormessage
FROM cloudtrail_logs
WHERE eventname = 'ConsoleLogin'
ORDER BY eventtime DESC, eventid
LIMIT /* rows */ 100
