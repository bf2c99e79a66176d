-- title: Changes to security groups and network ACLs
-- log_type: cloudtrail_logs
-- columns: eventtime, eventsource, eventname, awsregion, sourceipaddress, useridentity, requestparameters, responseelements, errorcode, eventid
-- parameter: rows: how many at most
SELECT
  eventtime, eventname, awsregion,
  coalesce(useridentity.arn, useridentity.invokedby) AS principal,
  sourceipaddress,
  coalesce(
    json_extract_scalar(requestparameters, '$.groupId'), json_extract_scalar(responseelements, '$.groupId'),
    json_extract_scalar(requestparameters, '$.networkAclId'), json_extract_scalar(responseelements, '$.networkAcl.networkAclId')) AS changed,
  requestparameters, errorcode
FROM cloudtrail_logs
WHERE eventsource = 'ec2.amazonaws.com' AND eventname IN (
  'CreateSecurityGroup', 'DeleteSecurityGroup',
  'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress',
  'ModifySecurityGroupRules', 'UpdateSecurityGroupRuleDescriptionsIngress', 'UpdateSecurityGroupRuleDescriptionsEgress',
  'AssociateSecurityGroupVpc', 'DisassociateSecurityGroupVpc', 'ModifyNetworkInterfaceAttribute',
  'CreateNetworkAcl', 'DeleteNetworkAcl', 'CreateNetworkAclEntry', 'DeleteNetworkAclEntry',
  'ReplaceNetworkAclEntry', 'ReplaceNetworkAclAssociation')
ORDER BY eventtime DESC, eventid
LIMIT /* rows */ 100
