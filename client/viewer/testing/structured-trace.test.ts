import type { Call, TraceEventName, TraceEvents, TraceLine } from '../../../runner/protocol/trace.js';
import { CY, digest, place, SampleTrace, smallTrace } from './sample-trace.test.js';

/** A call with an id of its own. */
export function callOf(id: string, tool: string, given: Call['arguments'], effect = 'contain'): Call {
  return { id, tool, arguments: given, effect, target: null, digest: digest('9') };
}

/** Writes a trace step by step, as the engine nests them. */
export class Script {
  readonly trace = new SampleTrace();

  get lines(): readonly TraceLine[] {
    return this.trace.lines;
  }

  add<E extends TraceEventName>(event: E, step: string | null, data: TraceEvents[E]): this {
    this.trace.add(event, step, data, event === 'decided' ? CY : undefined);
    return this;
  }

  enter(step: string, kind: string, where: { readonly within?: string; readonly branch?: string } = {}): this {
    return this.add('step.entered', step, { kind, title: step.toUpperCase(), because: '', place: place(1), ...where });
  }

  skip(step: string, because: string, where: { readonly within?: string; readonly branch?: string } = {}): this {
    return this.add('step.skipped', step, { kind: 'action', because, place: place(1), ...where });
  }

  leave(step: string, outcome: TraceEvents['step.left']['outcome'] = 'ok', error: string | null = null): this {
    return this.add('step.left', step, { outcome, output: null, error, handler: error === null ? null : 'stop' });
  }

  propose(step: string, call: Call, untrusted: readonly string[] = []): this {
    return this.add('proposed', step, { call, untrusted });
  }

  decide(step: string, { id, tool }: Call, decision: TraceEvents['authorized']['decision'], rule = 'rule'): this {
    return this.add('authorized', step, { call: id, tool, decision, rule, reason: rule, place: place(2) });
  }

  execute(step: string, { id, tool }: Call, ok = true, result: TraceEvents['executed']['result'] = {}): this {
    this.add('intent', step, { call: id, tool, digest: digest('9'), permit: 'p', simulated: true });
    return this.add('executed', step, { call: id, tool, simulated: true, ok, result, source: 'recorded' });
  }

  ask(gate: string, calls: readonly Call[]): this {
    return this.add('gate.opened', gate, {
      gate,
      ask: 'May it?',
      evidence: [],
      calls,
      roles: ['analyst'],
      approvers: ['cy@soc.example'],
      quorum: 1,
      timeoutMs: null,
    });
  }

  answer(gate: string, decision: 'approve' | 'reject'): this {
    this.add('decided', gate, { gate, decision, reason: 'because', calls: [] });
    const outcome = decision === 'approve' ? 'approved' : 'rejected';
    return this.add('gate.closed', gate, { gate, outcome, approvedBy: [], because: 'so it was' });
  }
}

export const BLOCK = callOf('call-1', 'net.block', { ip: '203.0.113.7' });
export const NOTE = callOf('call-2', 'case.note', { text: 'seen' }, 'record');

/** Parallel branches whose lines lie among each other, a loop, a call of a playbook, a gate, a skipped step and a denial. */
export function structured(): Script {
  return new Script()
    .enter('both', 'parallel')
    .enter('left', 'action', { within: 'both', branch: 'a' })
    .enter('right', 'action', { within: 'both', branch: 'b' })
    .propose('left', NOTE)
    .leave('right')
    .execute('left', NOTE)
    .leave('left')
    .add('joined', 'both', { join: 'any', through: ['a'], stopped: ['b', 'c'] })
    .leave('both')
    .enter('loop', 'for-each')
    .add('iteration', 'loop', { index: 0, of: 2, item: 'one' })
    .enter('body', 'call', { within: 'loop' })
    .add('called', 'body', { playbook: 'inner', version: '2', file: 'inner.playbook.yaml', inputs: {} })
    .enter('body/ask', 'gate', { within: 'body' })
    .ask('body/ask', [BLOCK])
    .answer('body/ask', 'approve')
    .leave('body/ask', 'approved')
    .enter('body/act', 'action', { within: 'body' })
    .propose('body/act', BLOCK, ['alert.ip'])
    .decide('body/act', BLOCK, 'permit')
    .execute('body/act', BLOCK)
    .leave('body/act')
    .leave('body')
    .add('iteration', 'loop', { index: 1, of: 2, item: 'two' })
    .enter('body', 'call', { within: 'loop' })
    .leave('body', 'failed', 'no such host')
    .leave('loop', 'failed', 'a round failed')
    .skip('later', '"x" is false')
    .enter('last', 'agent')
    .propose('last', callOf('call-3', 'case.close', {}, 'suppress'))
    .decide('last', callOf('call-3', 'case.close', {}, 'suppress'), 'deny');
}

/** A run that is opened, structured and closed, with a value of an act that came up before. */
export function whole(): readonly TraceLine[] {
  const trace = new SampleTrace();
  trace.lines.push(smallTrace()[0]!);
  const inner = structured().lines.map((line, index) => ({ ...line, seq: index + 1, mono: (index + 1) * 137 }));
  trace.lines.push(...inner);
  return trace.lines;
}
