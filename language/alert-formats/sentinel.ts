import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/** Rows of the table SecurityAlert of Microsoft Sentinel, where Defender's alerts arrive as well. `Entities` is JSON in a text. */
export const sentinel: AlertFormat = {
  name: 'sentinel',
  title: 'Microsoft Sentinel SecurityAlert (and Defender)',
  vendor: 'Microsoft',
  product: 'Sentinel',
  recognizedBy: ['SystemAlertId', 'AlertName', 'TimeGenerated'],
  jsonTexts: ['Entities', 'Techniques', 'SubTechniques'],
  uid: ['SystemAlertId'],
  headline: ['DisplayName', 'AlertName'],
  description: ['Description'],
  rule: ['AlertName'],
  ruleUid: ['AlertType'],
  time: ['TimeGenerated'],
  severity: { at: ['AlertSeverity'], levels: USUAL_LEVELS },
  techniques: ['SubTechniques', 'Techniques'],
  entities: [
    { type: 'user', at: ['Entities[Type=account].Name'] },
    { type: 'host', at: ['Entities[Type=host].HostName'] },
    { type: 'ip', at: ['Entities[Type=ip].Address'] },
    { type: 'domain', at: ['Entities[Type=dns].DomainName'] },
    { type: 'url', at: ['Entities[Type=url].Url'] },
    { type: 'hash', at: ['Entities[Type=filehash].Value', 'Entities[Type=file].FileHashes.Value'] },
    { type: 'email', at: ['Entities[Type=mailbox].MailboxPrimaryAddress', 'Entities[Type=mailMessage].Sender'] },
  ],
};
