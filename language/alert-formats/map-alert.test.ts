import assert from 'node:assert/strict';
import fc from 'fast-check';
import { alertProblem } from '../load-case.js';
import { alertEntities } from '../model/entities.js';
import type { Json } from '../syntax/tree.js';
import { ALERT_FORMATS, formatOf, mapAlert } from './map-alert.js';
import { valuesAt } from './read-path.js';

/** One alert of each format, as its product writes it, made up; and what is to come of it. */
const ELASTIC = {
  '@timestamp': '2026-11-25T03:17:00.000Z',
  'kibana.alert.uuid': 'a1',
  'kibana.alert.rule.name': 'Files change in bursts',
  'kibana.alert.rule.uuid': 'r1',
  'kibana.alert.severity': 'high',
  'kibana.alert.reason': 'svch0st.exe changed many files',
  host: { name: 'fs-srv-03', ip: ['192.0.2.203', '127.0.0.1'] },
  user: { name: 'svc-scan' },
  source: { ip: '203.0.113.5' },
  process: { name: 'svch0st.exe', hash: { sha256: 'ab'.repeat(32) } },
  threat: [
    { technique: [{ id: 'T1486', subtechnique: [] }] },
    { technique: [{ id: 'T1059', subtechnique: [{ id: 'T1059.001' }, { id: 'T1059.999' }] }] },
  ],
};
const SPLUNK = {
  event_id: 'e1',
  search_name: 'Access - Excessive Failed Logins - Rule',
  rule_title: 'Failed sign-ins of s.yew',
  _time: '2026-11-25T08:00:00.000+01:00',
  urgency: 'medium',
  src: '203.0.113.9',
  dest: 'app-01',
  user: ['s.yew', 'unknown'],
  annotations: { mitre_attack: ['T1110.003'] },
};
const CROWDSTRIKE = {
  metadata: { eventType: 'IdpDetectionSummaryEvent', customerIDString: 'c', eventCreationTime: 1795671120000 },
  event: {
    DetectId: 'd1',
    DetectName: 'Use of a stale account',
    DetectDescription: 'A stale account became active',
    SeverityName: 'Critical',
    SourceAccountName: 'k.reed',
    SourceEndpointHostName: 'ops-lap-0217',
    LocalIP: '192.0.2.117',
  },
};
const SENTINEL = {
  SystemAlertId: 's1',
  AlertName: 'Impossible travel',
  DisplayName: 'Impossible travel of p.alder',
  TimeGenerated: '2026-11-25T08:56:00.1234567Z',
  AlertSeverity: 'Informational',
  Techniques: '["T1078"]',
  SubTechniques: '["T1078.004"]',
  Entities: JSON.stringify([
    { Type: 'account', Name: 'p.alder', UPNSuffix: 'northfield.example' },
    { Type: 'ip', Address: '203.0.113.61' },
    { Type: 'dns', DomainName: 'bad.example' },
    { Type: 'file', Name: 'x', FileHashes: [{ Algorithm: 'SHA256', Value: 'cd'.repeat(32) }] },
  ]),
};

const DEFENDER = {
  id: 'g1',
  title: 'Suspicious inbox rule',
  description: 'A rule hides mail.',
  createdDateTime: '2026-11-25T09:00:00.5Z',
  serviceSource: 'microsoftDefenderForCloudApps',
  detectorId: 'det-7',
  severity: 'medium',
  mitreTechniques: ['T1114.003', 'T1564.008'],
  evidence: [
    { '@odata.type': '#microsoft.graph.security.userEvidence', userAccount: { accountName: 'p.alder' } },
    { '@odata.type': '#microsoft.graph.security.ipEvidence', ipAddress: '203.0.113.61' },
    { '@odata.type': '#microsoft.graph.security.deviceEvidence', deviceDnsName: 'hr-lap-0412' },
  ],
};
const PANTHER = {
  p_alert_id: 'p1',
  p_rule_id: 'AWS.IAM.NewUser',
  p_event_time: '2026-11-25 01:25:02.000',
  p_alert_creation_time: '2026-11-25T01:26:00Z',
  p_alert_severity: 'HIGH',
  p_rule_reports: { 'MITRE ATT&CK': ['TA0003:T1136.003'] },
  p_any_usernames: ['svc-thumbs'],
  p_any_ip_addresses: ['203.0.113.93'],
};
const SIGMA = {
  group: 'Sigma',
  kind: 'individual',
  name: 'Encoded PowerShell',
  id: '00000000-0000-0000-0000-000000000001',
  level: 'high',
  timestamp: '2026-11-24T12:58:00.000000+00:00',
  tags: ['attack.execution', 'attack.t1059.001'],
  document: {
    kind: 'evtx',
    data: {
      Event: {
        System: { Computer: 'wk-cad-031', EventRecordID: 4711 },
        EventData: { User: 'WORKS\\r.stone', Image: 'C:\\Windows\\powershell.exe', DestinationIp: '203.0.113.7' },
      },
    },
  },
};
const SECOPS = {
  type: 'RULE_DETECTION',
  id: 'de_1',
  detectionTime: '2026-11-25T03:22:00Z',
  detection: [
    {
      ruleName: 'dns_long_names',
      ruleId: 'ru_1',
      severity: 'LOW',
      ruleLabels: [{ key: 'mitre_attack_technique_id', value: 'T1071.004' }],
    },
  ],
  collectionElements: [
    {
      label: 'e',
      references: [
        {
          event: {
            principal: { hostname: 'dev-lap-0533', ip: ['192.0.2.133'], user: { userid: 'n.hazel' } },
            network: { dns: { questions: [{ name: 'q7.tide-metrics.example' }] } },
          },
        },
      ],
    },
  ],
};

interface Wanted {
  readonly format: string;
  readonly source: Json;
  readonly time: number;
  readonly severity: number;
  readonly uid: string;
  readonly title: string;
  readonly entities: { readonly [type: string]: readonly string[] };
  readonly techniques: readonly string[];
}

const WANTED: readonly Wanted[] = [
  {
    format: 'elastic',
    source: ELASTIC,
    time: Date.UTC(2026, 10, 25, 3, 17),
    severity: 4,
    uid: 'a1',
    title: 'Files change in bursts',
    entities: {
      host: ['fs-srv-03'],
      user: ['svc-scan'],
      ip: ['203.0.113.5'],
      file: ['ab'.repeat(32)],
      process: ['svch0st.exe'],
    },
    techniques: ['T1059.001', 'T1486'],
  },
  {
    format: 'sentinel',
    source: SENTINEL,
    time: Date.UTC(2026, 10, 25, 8, 56, 0, 123),
    severity: 1,
    uid: 's1',
    title: 'Impossible travel of p.alder',
    entities: { user: ['p.alder'], ip: ['203.0.113.61'], domain: ['bad.example'], file: ['cd'.repeat(32)] },
    techniques: ['T1078.004'],
  },
  {
    format: 'defender',
    source: DEFENDER,
    time: Date.UTC(2026, 10, 25, 9, 0, 0, 500),
    severity: 3,
    uid: 'g1',
    title: 'Suspicious inbox rule',
    entities: { user: ['p.alder'], host: ['hr-lap-0412'], ip: ['203.0.113.61'] },
    techniques: ['T1114.003', 'T1564.008'],
  },
  {
    format: 'splunk',
    source: SPLUNK,
    time: Date.UTC(2026, 10, 25, 7),
    severity: 3,
    uid: 'e1',
    title: 'Failed sign-ins of s.yew',
    entities: { ip: ['203.0.113.9'], host: ['app-01'], user: ['s.yew'] },
    techniques: ['T1110.003'],
  },
  {
    format: 'crowdstrike',
    source: CROWDSTRIKE,
    time: 1795671120000,
    severity: 5,
    uid: 'd1',
    title: 'Use of a stale account',
    entities: { host: ['ops-lap-0217'], user: ['k.reed'], ip: ['192.0.2.117'] },
    techniques: [],
  },
  {
    format: 'panther',
    source: PANTHER,
    time: Date.UTC(2026, 10, 25, 1, 26),
    severity: 4,
    uid: 'p1',
    title: 'AWS.IAM.NewUser',
    entities: { user: ['svc-thumbs'], ip: ['203.0.113.93'] },
    techniques: ['T1136.003'],
  },
  {
    format: 'sigma',
    source: SIGMA,
    time: Date.UTC(2026, 10, 24, 12, 58),
    severity: 4,
    uid: '4711',
    title: 'Encoded PowerShell',
    entities: {
      host: ['wk-cad-031'],
      user: ['WORKS\\r.stone'],
      ip: ['203.0.113.7'],
      process: ['C:\\Windows\\powershell.exe'],
    },
    techniques: ['T1059.001'],
  },
  {
    format: 'google-secops',
    source: SECOPS,
    time: Date.UTC(2026, 10, 25, 3, 22),
    severity: 2,
    uid: 'de_1',
    title: 'dns_long_names',
    entities: { host: ['dev-lap-0533'], user: ['n.hazel'], ip: ['192.0.2.133'], domain: ['q7.tide-metrics.example'] },
    techniques: ['T1071.004'],
  },
];

describe('alerts of other products', () => {
  for (const { format: name, source, ...wanted } of WANTED) {
    it(`${name}: is recognized, and becomes a Detection Finding with its entities`, () => {
      const format = formatOf(source);
      assert.equal(format?.name, name);
      const mapped = mapAlert(source, format!);
      assert.ok(mapped.ok);
      assert.deepEqual(mapped.missing, []);
      assert.equal(alertProblem(mapped.alert), undefined);
      const { finding_info: info, time, severity_id: severity } = JSON.parse(JSON.stringify(mapped.alert));
      assert.deepEqual(
        [time, severity, info.uid, info.title],
        [wanted.time, wanted.severity, wanted.uid, wanted.title],
      );
      assert.deepEqual({ ...alertEntities(mapped.alert) }, wanted.entities);
      const techniques = (info.attacks ?? []).map(
        (one: { technique: { uid: string }; sub_technique?: { uid: string } }) =>
          one.sub_technique?.uid ?? one.technique.uid,
      );
      assert.deepEqual(techniques.sort(), wanted.techniques);
    });
  }

  it('are all tried, each by an example above', () => {
    assert.deepEqual(
      ALERT_FORMATS.map(({ name }) => name),
      WANTED.map(({ format }) => format),
    );
  });

  it('without a time are no finding; what else they lack is said', () => {
    const elastic = ALERT_FORMATS.find(({ name }) => name === 'elastic');
    const splunk = ALERT_FORMATS.find(({ name }) => name === 'splunk');
    const { _time, ...timeless } = SPLUNK;
    assert.ok(_time);
    const none = mapAlert(timeless, splunk!);
    assert.ok(!none.ok && /no time at _time/.test(none.message));
    const zoneless = mapAlert({ ...SPLUNK, _time: '2026-11-25 08:00:00.250' }, splunk!);
    assert.ok(zoneless.ok && zoneless.alert.time === Date.UTC(2026, 10, 25, 8, 0, 0, 250));
    const bare = mapAlert({ '@timestamp': '2026-11-25T03:17:00Z', 'kibana.alert.severity': 'spicy' }, elastic!);
    assert.ok(bare.ok);
    assert.deepEqual(bare.missing, [
      'No identifier at kibana.alert.uuid.',
      'The severity "spicy" is not known, so it is 0.',
      'It names no entity that is known, so alert.entities is empty.',
    ]);
    assert.equal(alertProblem(bare.alert), undefined);
  });

  it('of no format that is known are not recognized', () => {
    for (const source of [null, 1, 'text', [], {}, [ELASTIC], { event: {} }]) assert.equal(formatOf(source), undefined);
  });

  it('never gain an entity that they do not have, whatever they hold', () => {
    const names = [
      'host',
      'user',
      'name',
      'source',
      'ip',
      'src',
      'dest',
      'event',
      'UserName',
      'Entities',
      '@timestamp',
      '_time',
    ];
    const value = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>('s.yew', '203.0.113.9', '-', '', '[{"Type":"ip"}]', 1795671120000, null, true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(value, fc.constantFrom(...ALERT_FORMATS), (source, format) => {
        const mapped = mapAlert(source, format);
        if (!mapped.ok) return;
        assert.equal(alertProblem(mapped.alert), undefined);
        const text = JSON.stringify(source);
        for (const found of Object.values(alertEntities(mapped.alert)).flat()) assert.ok(text.includes(String(found)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a path in an alert', () => {
  const source = {
    a: { b: [{ c: 1 }, { c: 'two' }] },
    'a.b': { c: 'dotted' },
    list: [
      { t: 'x', v: 'y' },
      { t: 'z', v: 'no' },
    ],
  };

  it('finds names with dots in them first, then nested ones, of lists every item', () => {
    assert.deepEqual(valuesAt(source, 'a.b.c'), ['dotted', '1', 'two']);
    assert.deepEqual(valuesAt(source, 'list[t=x].v'), ['y']);
    assert.deepEqual(valuesAt(source, 'a.nothing.c'), []);
    assert.deepEqual(valuesAt(source, '__proto__.constructor'), []);
  });
});
