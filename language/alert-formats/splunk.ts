import { type AlertFormat, USUAL_LEVELS } from './alert-format.js';

/** Notable events of Splunk Enterprise Security, with the members of the Common Information Model. */
export const splunk: AlertFormat = {
  name: 'splunk',
  title: 'Splunk notable event',
  vendor: 'Splunk',
  product: 'Splunk Enterprise Security',
  recognizedBy: ['search_name', '_time'],
  uid: ['event_id', '_cd'],
  headline: ['rule_title', 'search_name'],
  description: ['rule_description', 'savedsearch_description', '_raw'],
  rule: ['search_name'],
  ruleUid: ['rule_id'],
  time: ['_time'],
  severity: { at: ['urgency', 'severity'], levels: USUAL_LEVELS },
  techniques: ['annotations.mitre_attack.mitre_technique_id', 'annotations.mitre_attack', 'mitre_technique_id'],
  entities: [
    { type: 'endpoint', at: ['src', 'dest', 'dvc', 'src_ip', 'dest_ip', 'src_host', 'dest_host'] },
    { type: 'user', at: ['user', 'src_user'] },
    { type: 'url', at: ['url'] },
    { type: 'hash', at: ['file_hash', 'process_hash'] },
    { type: 'process', at: ['process_name'] },
    { type: 'email', at: ['sender', 'recipient'] },
  ],
};
