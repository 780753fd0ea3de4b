import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/** Alerts of Elastic Security's rules: ECS, with what the rule adds under `kibana.alert`. */
export const elastic: AlertFormat = {
  name: 'elastic',
  title: 'Elastic Security (ECS)',
  vendor: 'Elastic',
  product: 'Elastic Security',
  recognizedBy: ['kibana.alert.rule.name', '@timestamp'],
  uid: ['kibana.alert.uuid'],
  headline: ['kibana.alert.rule.name'],
  description: ['kibana.alert.reason', 'message'],
  rule: ['kibana.alert.rule.name'],
  ruleUid: ['kibana.alert.rule.uuid'],
  time: ['@timestamp'],
  severity: { at: ['kibana.alert.severity', 'kibana.alert.rule.severity'], levels: USUAL_LEVELS },
  techniques: [
    'threat.technique.subtechnique.id',
    'threat.technique.id',
    'kibana.alert.rule.threat.technique.subtechnique.id',
    'kibana.alert.rule.threat.technique.id',
  ],
  entities: [
    { type: 'host', at: ['host.name'] },
    { type: 'user', at: ['user.name', 'source.user.name', 'destination.user.name', 'user.target.name'] },
    { type: 'ip', at: ['source.ip', 'destination.ip', 'client.ip', 'server.ip'] },
    { type: 'domain', at: ['dns.question.registered_domain', 'url.domain', 'destination.domain'] },
    { type: 'url', at: ['url.full'] },
    { type: 'hash', at: ['file.hash.sha256', 'process.hash.sha256', 'dll.hash.sha256'] },
    { type: 'process', at: ['process.name'] },
    { type: 'email', at: ['email.from.address', 'email.to.address'] },
  ],
};
