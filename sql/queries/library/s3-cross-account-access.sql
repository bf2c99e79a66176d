-- title: Requests by the requester's account; name your own accounts to see other ones only
-- log_type: s3_access_logs
-- columns: bucketowner, bucket_name, requester, operation, httpstatus, bytessent
-- parameter: accounts: your own accounts, with commas between them
-- parameter: rows: how many at most
-- An access log names the bucket's owner by canonical id, not by account, so it cannot tell which accounts are yours.
SELECT
  split_part(requester, ':', 5) AS account, bucket_name, requester, operation,
  count(*) AS requests, count_if(httpstatus LIKE '2%') AS allowed, coalesce(sum(bytessent), 0) AS bytes_sent
FROM s3_access_logs
WHERE requester LIKE 'arn:%' AND requester <> bucketowner
  AND NOT contains(split(/* accounts */ '', ','), split_part(requester, ':', 5))
GROUP BY 1, 2, 3, 4
ORDER BY requests DESC, account, bucket_name, requester, operation
LIMIT /* rows */ 100
