SELECT day_of_week(date(concat(year, '-', month, '-', day))) AS
  day,
  date(concat(year, '-', month, '-', day)),
  interface_id,
  srcaddr,
  action,
  protocol
FROM vpc_flow_logs
WHERE action = 'REJECT' AND protocol = 6
LIMIT 100;
