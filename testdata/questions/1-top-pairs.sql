-- The pairs of addresses that moved most bytes in a day
SELECT SUM(bytes) as totalbytes, srcaddr, dstaddr
FROM vpc_flow_logs
WHERE year='2021' AND month='12' AND day='04'
GROUP BY srcaddr, dstaddr
ORDER BY totalbytes DESC
LIMIT 50;
