import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

const NOUNS = ['principal', 'target', 'src'];
const of = (field: string): readonly string[] =>
  NOUNS.map((noun) => `collectionElements.references.event.${noun}.${field}`);

/** Detections of rules of Google SecOps (Chronicle), with the events they rest on in the Unified Data Model. */
export const googleSecops: AlertFormat = {
  name: 'google-secops',
  title: 'Google SecOps detection',
  vendor: 'Google',
  product: 'Google SecOps',
  recognizedBy: ['detection.ruleName', 'detectionTime', 'collectionElements.label'],
  uid: ['id'],
  headline: ['detection.ruleName'],
  description: ['detection.description', 'detection.summary'],
  rule: ['detection.ruleName'],
  ruleUid: ['detection.ruleId'],
  time: ['createdTime', 'detectionTime'],
  severity: { at: ['detection.severity'], levels: USUAL_LEVELS },
  techniques: [
    'detection.ruleLabels[key=mitre_attack_technique_id].value',
    'detection.ruleLabels[key=technique].value',
  ],
  entities: [
    { type: 'host', at: of('hostname') },
    { type: 'user', at: of('user.userid') },
    { type: 'ip', at: of('ip') },
    { type: 'domain', at: ['collectionElements.references.event.network.dns.questions.name'] },
    { type: 'url', at: of('url') },
    { type: 'hash', at: [...of('file.sha256'), ...of('process.file.sha256')] },
    { type: 'email', at: of('user.emailAddresses') },
  ],
};
