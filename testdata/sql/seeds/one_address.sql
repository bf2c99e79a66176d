SELECT * FROM vpc_flow_logs WHERE srcaddr='10.192.80.5' 
