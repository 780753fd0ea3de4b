import type {
  GraphActItem,
  GraphEdgeItem,
  GraphItem,
  GraphLaneItem,
  GraphStepItem,
  GraphToolItem,
} from '../../../server/protocol/graph.js';

const ZERO = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export function step(key: string, kind: GraphStepItem['kind'], more: Partial<GraphStepItem> = {}): GraphStepItem {
  return {
    key,
    id: key,
    kind,
    title: '',
    says: '',
    when: null,
    notes: [],
    level: null,
    tools: [],
    gate: null,
    lanes: [],
    goesOn: kind !== 'stop',
    place: { uri: 'file:///w/a.playbook.yaml', at: ZERO, range: ZERO },
    ...more,
  };
}

export function lane(
  name: string,
  kind: GraphLaneItem['kind'],
  steps: readonly string[],
  end: GraphLaneItem['end'] = 'goes-on',
): GraphLaneItem {
  return { name, kind, steps, end };
}

export function act(tool: string, effect: string, more: Partial<GraphActItem> = {}): GraphToolItem {
  return {
    tool,
    effect,
    act: {
      call: `${tool}(user: alert.entities.users[0])`,
      scope: 'alert.entities.users[0]',
      autonomy: 'approve',
      verdict: 'proven',
      because: 'Every path to it has the approval of "ask".',
      approval: { gate: 'ask', roles: ['incident-commander'], quorum: 2, expires: '30m' },
      bounds: ['at most 3 calls'],
      untrusted: ['alert.entities.users'],
      undo: null,
      accountable: 'incident-commander',
      gates: ['ask'],
      witness: [],
      at: { uri: 'file:///w/a.playbook.yaml', range: ZERO },
      ...more,
    },
  };
}

function edge(from: string | null, kind: string, to: string | null, branch?: string): GraphEdgeItem {
  return { from, to, kind, ...(branch === undefined ? {} : { branch }) };
}

/** One of everything: a gate that covers two steps, one of them violated, branches, a loop, a parallel step and a call. */
export function sampleGraph(): GraphItem {
  return {
    playbook: 'takeover',
    title: 'Account takeover',
    top: ['investigate', 'route', 'ask', 'suspend', 'each', 'both', 'contain', 'done'],
    steps: [
      step('investigate', 'agent', {
        title: 'Investigate the sign-in',
        notes: ['at most 2 attempts'],
        tools: [{ tool: 'identity.sign_ins', effect: 'read', act: null }],
      }),
      step('route', 'switch', {
        says: 'steps.investigate.output.verdict',
        lanes: [
          lane('malicious', 'branch', []),
          lane('benign', 'branch', ['close', 'over'], 'closed'),
          lane('unclear', 'branch', ['look']),
        ],
      }),
      step('close', 'action', {
        title: 'Close the case',
        level: 'autonomous',
        tools: [act('case.close', 'suppress', { autonomy: 'autonomous', approval: null, gates: [] })],
      }),
      step('over', 'stop', { says: 'completed' }),
      step('look', 'manual', { title: 'Ask the user', says: 'analyst', level: 'manual' }),
      step('ask', 'gate', {
        title: 'Suspend the account?',
        lanes: [lane('approved', 'straight', []), lane('on-reject', 'handler', ['tell'])],
        gate: {
          grants: [
            { id: 'suspend', key: 'suspend' },
            { id: 'revoke', key: 'revoke' },
            { id: 'gone', key: null },
          ],
          roles: ['incident-commander'],
          quorum: 2,
          escalateTo: [],
          distinctFrom: [],
          timeout: '15m',
          expires: '30m',
          uses: 1,
        },
      }),
      step('tell', 'action', {
        level: 'notify',
        tools: [act('chat.post', 'notify', { autonomy: 'notify', approval: null, gates: [] })],
      }),
      step('suspend', 'action', {
        title: 'Suspend the account',
        level: 'approve',
        when: 'steps.investigate.output.sure',
        tools: [
          act('identity.suspend', 'contain', {
            verdict: 'violated',
            because: 'A path to it does not pass the approved side of "ask".',
            witness: [
              { step: 'investigate', edge: 'ok' },
              { step: 'route', edge: 'branch', branch: 'malicious' },
              { step: 'ask', edge: 'rejected' },
              { step: 'tell', edge: 'ok' },
            ],
          }),
        ],
      }),
      step('each', 'for-each', {
        says: 'session of steps.investigate.output.sessions',
        notes: ['at most 20 items'],
        lanes: [lane('each item', 'body', ['revoke'], 'repeats')],
      }),
      step('revoke', 'action', {
        level: 'approve',
        tools: [act('identity.revoke', 'evict', { untrusted: [] })],
        lanes: [lane('ok', 'straight', []), lane('on-error', 'handler', [], 'goes-on')],
      }),
      step('both', 'parallel', {
        notes: ['goes on when all branches have ended'],
        lanes: [lane('mail', 'branch', ['mail']), lane('host', 'branch', ['host'])],
      }),
      step('mail', 'action', { tools: [{ tool: 'mail.search', effect: 'read', act: null }] }),
      step('host', 'manual', { says: 'analyst', level: 'assist' }),
      step('contain', 'call', {
        says: 'contain.playbook.yaml',
        lanes: [lane('contain', 'called', ['contain/isolate'])],
      }),
      step('contain/isolate', 'action', {
        id: 'isolate',
        level: 'approve',
        tools: [act('edr.isolate', 'contain', { verdict: 'unknown', because: 'No catalog describes it.', gates: [] })],
      }),
      step('done', 'stop', { says: 'completed' }),
    ],
    edges: [
      edge(null, 'begin', 'investigate'),
      edge('investigate', 'ok', 'route'),
      edge('investigate', 'failed', null),
      edge('route', 'branch', 'ask', 'malicious'),
      edge('route', 'branch', 'close', 'benign'),
      edge('route', 'branch', 'look', 'unclear'),
      edge('close', 'ok', 'over'),
      edge('over', 'stopped', null),
      edge('look', 'ok', 'ask'),
      edge('ask', 'approved', 'suspend'),
      edge('ask', 'rejected', 'tell'),
      edge('ask', 'timed-out', null),
      edge('tell', 'ok', 'suspend'),
      edge('suspend', 'ok', 'each'),
      edge('each', 'item', 'revoke'),
      edge('revoke', 'ok', 'each'),
      edge('each', 'done', 'both'),
      edge('both', 'branch', 'mail', 'mail'),
      edge('both', 'branch', 'host', 'host'),
      edge('both', 'joined', 'contain'),
      edge('contain', 'begin', 'contain/isolate'),
      edge('contain/isolate', 'ok', 'contain'),
      edge('contain', 'ok', 'done'),
      edge('done', 'stopped', null),
    ],
  };
}

/** So many steps below one another, with a choice of two in every tenth. */
export function longGraph(count: number): GraphItem {
  const steps: GraphStepItem[] = [];
  const top: string[] = [];
  for (let index = 0; steps.length < count; index++) {
    const key = `step_${index}`;
    top.push(key);
    if (index % 10 === 9) {
      steps.push(
        step(key, 'if', {
          says: 'alert.severity > 3',
          lanes: [lane('then', 'branch', [`${key}_a`, `${key}_b`]), lane('else', 'branch', [])],
        }),
        step(`${key}_a`, 'action', { level: 'approve', tools: [act('identity.suspend', 'contain')] }),
        step(`${key}_b`, 'manual', { level: 'manual' }),
      );
    } else {
      steps.push(step(key, 'action', { tools: [{ tool: 'intel.domain_reputation', effect: 'read', act: null }] }));
    }
  }
  return { playbook: 'long', title: 'A long playbook', top, steps, edges: [] };
}
