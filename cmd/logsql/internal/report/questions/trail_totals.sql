-- since, until
SELECT count(*) AS events,
  count(DISTINCT coalesce(useridentity.arn, useridentity.invokedby)) AS principals,
  count_if(errorcode IS NOT NULL) AS errors,
  count_if(errorcode IN ('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation', 'AuthorizationError')) AS access_denied,
  count_if(useridentity.type = 'Root' AND useridentity.invokedby IS NULL AND eventtype <> 'AwsServiceEvent') AS by_root,
  count_if(eventname = 'ConsoleLogin' AND json_extract_scalar(additionaleventdata, '$.MFAUsed') = 'No'
    AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success') AS signins_without_mfa,
  count(DISTINCT awsregion) AS regions
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
