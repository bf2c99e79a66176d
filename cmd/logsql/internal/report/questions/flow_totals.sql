-- since, until
SELECT count(*) AS records,
  sum(bytes) AS bytes,
  sum(packets) AS packets,
  count_if(action = 'ACCEPT') AS accepted,
  count_if(action = 'REJECT') AS rejected,
  count(DISTINCT interface_id) AS interfaces,
  count_if(log_status = 'NODATA') AS nodata,
  count_if(log_status = 'SKIPDATA') AS skipdata
FROM logsql.vpc_flow_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
