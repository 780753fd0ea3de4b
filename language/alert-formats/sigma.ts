import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/** Matches of Sigma rules in Windows events, as Chainsaw writes them in JSON: one object of its list. */
export const sigma: AlertFormat = {
  name: 'sigma',
  title: 'Sigma match (Chainsaw)',
  vendor: 'SigmaHQ',
  product: 'Sigma',
  recognizedBy: ['document.data.Event.System.Computer', 'name', 'timestamp', 'level'],
  uid: ['document.data.Event.System.EventRecordID'],
  headline: ['name'],
  description: ['description', 'name'],
  rule: ['name'],
  ruleUid: ['id'],
  time: ['timestamp'],
  severity: { at: ['level'], levels: USUAL_LEVELS },
  techniques: ['tags'],
  entities: [
    { type: 'host', at: ['document.data.Event.System.Computer'] },
    {
      type: 'user',
      at: ['User', 'SubjectUserName', 'TargetUserName'].map((name) => `document.data.Event.EventData.${name}`),
    },
    {
      type: 'ip',
      at: ['SourceIp', 'DestinationIp', 'IpAddress'].map((name) => `document.data.Event.EventData.${name}`),
    },
    { type: 'domain', at: ['document.data.Event.EventData.QueryName'] },
    { type: 'process', at: ['Image', 'NewProcessName'].map((name) => `document.data.Event.EventData.${name}`) },
  ],
};
