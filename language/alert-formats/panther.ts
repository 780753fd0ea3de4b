import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/** Rows of Panther's rule matches: the event of the source, with what Panther found in it under `p_any_…`. */
export const panther: AlertFormat = {
  name: 'panther',
  title: 'Panther rule match',
  vendor: 'Panther Labs',
  product: 'Panther',
  recognizedBy: ['p_alert_id', 'p_rule_id', 'p_event_time'],
  uid: ['p_alert_id'],
  headline: ['p_alert_title', 'p_rule_id'],
  description: ['p_alert_description'],
  rule: ['p_rule_id'],
  ruleUid: ['p_rule_id'],
  time: ['p_alert_creation_time', 'p_event_time'],
  severity: { at: ['p_alert_severity', 'p_rule_severity'], levels: USUAL_LEVELS },
  techniques: ['p_rule_reports.MITRE ATT&CK'],
  entities: [
    { type: 'user', at: ['p_any_usernames'] },
    { type: 'ip', at: ['p_any_ip_addresses'] },
    { type: 'domain', at: ['p_any_domain_names'] },
    { type: 'hash', at: ['p_any_sha256_hashes'] },
    { type: 'email', at: ['p_any_emails', 'p_any_actor_emails'] },
  ],
};
