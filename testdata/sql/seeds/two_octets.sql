SELECT * FROM vpc_flow_logs WHERE regexp_like(srcaddr, '^10\.192.*')
