import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/**
 * Summary events of CrowdStrike Falcon's event stream: detections on hosts, of identities, and across products. `Severity` is a
 * number on another scale in each kind of event, so only its name is read.
 */
export const crowdstrike: AlertFormat = {
  name: 'crowdstrike',
  title: 'CrowdStrike Falcon event stream',
  vendor: 'CrowdStrike',
  product: 'Falcon',
  recognizedBy: ['metadata.eventType', 'metadata.customerIDString', 'event'],
  uid: ['event.CompositeId', 'event.DetectId', 'event.IncidentID', 'event.IdentityProtectionIncidentId'],
  headline: ['event.Name', 'event.DetectName', 'event.IncidentType', 'metadata.eventType'],
  description: ['event.Description', 'event.DetectDescription', 'event.IncidentDescription'],
  rule: ['event.DetectName', 'event.Name', 'metadata.eventType'],
  ruleUid: ['event.PatternId'],
  time: ['metadata.eventCreationTime'],
  severity: { at: ['event.SeverityName'], levels: USUAL_LEVELS },
  techniques: ['event.TechniqueId', 'event.MitreAttack.TechniqueID'],
  entities: [
    {
      type: 'host',
      at: ['event.ComputerName', 'event.Hostname', 'event.EndpointName', 'event.SourceEndpointHostName'],
    },
    { type: 'user', at: ['event.UserName', 'event.SourceAccountName', 'event.TargetAccountName'] },
    { type: 'ip', at: ['event.LocalIP', 'event.LocalIPv6', 'event.EndpointIp', 'event.SourceEndpointIpAddress'] },
    { type: 'domain', at: ['event.DnsRequests.DomainName'] },
    { type: 'hash', at: ['event.SHA256String', 'event.SHA256Hashes'] },
    { type: 'process', at: ['event.FileName'] },
  ],
};
