SELECT DISTINCT "srcaddr" FROM vpc_flow_logs WHERE NOT regexp_like(srcaddr, '^10\.192.*')
