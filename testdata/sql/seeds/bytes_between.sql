SELECT SUM(bytes) as totalbytes, srcaddr, dstaddr from vpc_flow_logs WHERE year='2021' AND month='12' AND day='04' GROUP BY srcaddr, dstaddr ORDER BY totalbytes LIMIT 50
