-- since, until
SELECT eventtime AS time, coalesce(useridentity.username, useridentity.arn, useridentity.type) AS principal, sourceipaddress AS address,
  json_extract_scalar(additionaleventdata, '$.MFAUsed') AS mfa, account, useragent AS user_agent
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND eventname = 'ConsoleLogin'
  AND json_extract_scalar(additionaleventdata, '$.MFAUsed') = 'No'
  AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success'
ORDER BY eventtime DESC, eventid
LIMIT 15
