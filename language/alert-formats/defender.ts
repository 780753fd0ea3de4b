import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/** Alerts of Microsoft Defender XDR as Microsoft Graph gives them: resource `alert` (v2) with its `evidence`. */
export const defender: AlertFormat = {
  name: 'defender',
  title: 'Microsoft Defender XDR (Microsoft Graph)',
  vendor: 'Microsoft',
  product: 'Defender XDR',
  recognizedBy: ['id', 'title', 'createdDateTime', 'serviceSource'],
  uid: ['id'],
  headline: ['title'],
  description: ['description'],
  rule: ['title'],
  ruleUid: ['detectorId'],
  time: ['createdDateTime'],
  severity: { at: ['severity'], levels: USUAL_LEVELS },
  techniques: ['mitreTechniques'],
  entities: [
    { type: 'user', at: ['evidence.userAccount.accountName', 'evidence.loggedOnUsers.accountName'] },
    { type: 'host', at: ['evidence.deviceDnsName', 'evidence.hostName'] },
    { type: 'ip', at: ['evidence.ipAddress', 'evidence.senderIp', 'evidence.lastExternalIpAddress'] },
    { type: 'domain', at: ['evidence.domainName'] },
    { type: 'url', at: ['evidence.url', 'evidence.urls'] },
    { type: 'hash', at: ['evidence.fileDetails.sha256', 'evidence.imageFile.sha256'] },
    { type: 'process', at: ['evidence.imageFile.fileName'] },
    {
      type: 'email',
      at: ['evidence.primaryAddress', 'evidence.p1Sender.emailAddress', 'evidence.recipientEmailAddress'],
    },
  ],
};
