import type { TraceLine } from '../protocol/trace.js';
import { sha256 } from '../trace/canonical.js';

/** A value of an attribute, as far as we use them. */
export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = { readonly [name: string]: AttributeValue };

/** A span of OpenTelemetry, before it is written in any encoding. Times are nanoseconds since the Unix epoch. */
export interface Span {
  readonly id: string;
  /** `undefined` for the run itself. */
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: 'internal' | 'client';
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly time: bigint; readonly attributes: Attributes }[];
  /** Why it went wrong; `undefined` when it did not. A refusal is no error: that is what the rules are for. */
  readonly error: string | undefined;
}

interface OpenSpan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: Span['kind'];
  readonly start: bigint;
  attributes: Attributes;
  readonly events: Span['events'][number][];
}

/** 16 bytes as hex, the same for a run whenever it is exported. */
export function traceId(run: string): string {
  return sha256(run).slice('sha256:'.length, 'sha256:'.length + 32);
}

/**
 * The spans of a run: the run, its steps, model turns, tool calls and gates, in the order they began. By the GenAI
 * conventions where these have a word, else in the namespace `countersign`. Without what the alert, tools and models said.
 * What had not ended when the trace does ends with it, and says so.
 */
export function spansOf(lines: readonly TraceLine[]): readonly Span[] {
  const spans: { readonly open: OpenSpan; end?: bigint; error?: string | undefined }[] = [];
  const open = new Map<string, (typeof spans)[number]>();
  const byId = new Map<string, OpenSpan>();
  const clock = timesOf();
  const [opened] = lines;
  const model = opened?.event === 'run.opened' ? opened.data.model : undefined;
  let now = 0n;

  const begin = (
    key: string,
    line: TraceLine,
    name: string,
    parent: string | undefined,
    attributes: Attributes,
    kind: Span['kind'] = 'internal',
  ): void => {
    const id = sha256(`${line.run}:${line.seq}`).slice('sha256:'.length, 'sha256:'.length + 16);
    // A question asked afresh, and a call made again, end what stood there before.
    end(key, {});
    const span = { open: { id, parent, name, kind, start: now, attributes, events: [] } };
    spans.push(span);
    byId.set(id, span.open);
    open.set(key, span);
  };
  const end = (key: string, attributes: Attributes, error?: string): void => {
    const span = open.get(key);
    if (!span) return;
    open.delete(key);
    span.open.attributes = { ...span.open.attributes, ...attributes };
    span.end = now;
    span.error = error;
  };
  const stepKey = (path: string): string => `step ${path}`;
  /** The span of a step that is under way, of the step around it, or of the run. */
  const within = (path: string | null): string | undefined => {
    for (let at = path ?? ''; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const span = open.get(stepKey(at));
      if (span) return span.open.id;
    }
    return open.get('run')?.open.id;
  };
  const note = (line: TraceLine, attributes: Attributes): void => {
    byId.get(within(line.step) ?? '')?.events.push({
      name: `countersign.${line.event}`,
      time: now,
      attributes: { 'countersign.line': line.seq + 1, ...attributes },
    });
  };

  for (const line of lines) {
    now = clock(line);
    switch (line.event) {
      case 'run.opened': {
        const { playbook, policy, case: sample, dryRun, startedBy, engine } = line.data;
        begin('run', line, `invoke_workflow ${playbook.id}`, undefined, {
          'gen_ai.operation.name': 'invoke_workflow',
          'gen_ai.agent.name': playbook.id,
          'countersign.run.id': line.run,
          'countersign.playbook.version': playbook.version,
          'countersign.playbook.digest': playbook.digest,
          ...(policy && { 'countersign.policy.id': policy.id, 'countersign.policy.digest': policy.digest }),
          'countersign.case.id': sample.id,
          'countersign.dry_run': dryRun,
          'countersign.started_by': startedBy,
          'countersign.engine.version': engine,
        });
        break;
      }
      case 'step.entered': {
        const { kind, within: around } = line.data;
        const path = line.step ?? '';
        const agent = kind === 'agent';
        begin(stepKey(path), line, agent ? `invoke_agent ${path}` : `step ${path}`, within(around ?? above(path)), {
          ...(agent && { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': path }),
          'countersign.step': path,
          'countersign.step.kind': kind,
        });
        break;
      }
      case 'step.left': {
        const { outcome } = line.data;
        const wrong = outcome === 'failed' || outcome === 'timed-out';
        end(
          stepKey(line.step ?? ''),
          { 'countersign.step.outcome': outcome, ...(wrong && { 'error.type': outcome }) },
          wrong ? outcome : undefined,
        );
        break;
      }
      case 'model.request':
        begin(`turn ${line.step} ${line.data.turn}`, line, `chat ${line.data.model}`, within(line.step), {
          'gen_ai.operation.name': 'chat',
          // A stand-in is none of the providers the conventions know.
          'gen_ai.provider.name': model?.provider === 'claude' ? 'anthropic' : `countersign.${model?.provider ?? 'unknown'}`,
          'gen_ai.request.model': line.data.model,
          'countersign.model.ai': model?.ai ?? false,
          'countersign.turn': line.data.turn,
        }, 'client'); // biome-ignore format: a call
        break;
      case 'model.response': {
        const { turn, stopReason, usage } = line.data;
        const wrong = stopReason === 'failed';
        end(
          `turn ${line.step} ${turn}`,
          {
            'gen_ai.response.finish_reasons': [stopReason],
            'gen_ai.usage.input_tokens': usage.inputTokens,
            'gen_ai.usage.output_tokens': usage.outputTokens,
            'countersign.usage.usd': usage.usd,
            ...(wrong && { 'error.type': '_OTHER' }),
          },
          wrong ? 'the model failed' : undefined,
        );
        break;
      }
      case 'intent': {
        const { call, tool, simulated, permit } = line.data;
        begin(`call ${call}`, line, `execute_tool ${tool}`, within(line.step), {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
          'gen_ai.tool.call.id': call,
          'gen_ai.tool.type': 'function',
          'countersign.simulated': simulated,
          'countersign.permit': permit,
        });
        break;
      }
      case 'executed':
        end(
          `call ${line.data.call}`,
          { 'countersign.source': line.data.source, ...(!line.data.ok && { 'error.type': '_OTHER' }) },
          line.data.ok ? undefined : 'the tool failed',
        );
        break;
      case 'outcome.unknown':
        // A person may still find out, so the call is not over.
        note(line, { 'gen_ai.tool.call.id': line.data.call });
        break;
      case 'withheld':
        end(`call ${line.data.call}`, { 'countersign.outcome': 'withheld' });
        break;
      case 'gate.opened': {
        const { gate, roles, quorum, calls } = line.data;
        begin(`gate ${gate}`, line, `countersign.gate ${gate}`, within(line.step), {
          'countersign.gate': gate,
          'countersign.gate.roles': roles,
          'countersign.gate.quorum': quorum,
          'countersign.gate.tools': calls.map(({ tool }) => tool),
        });
        break;
      }
      case 'gate.closed': {
        const { gate, outcome, approvedBy } = line.data;
        end(`gate ${gate}`, { 'countersign.gate.outcome': outcome, 'countersign.gate.approved_by': approvedBy });
        break;
      }
      case 'decided': {
        const { gate, decision } = line.data;
        note(line, {
          'countersign.gate': gate,
          'countersign.decision': decision,
          'countersign.actor': line.actor.id,
          'countersign.actor.how': line.actor.how ?? '',
        });
        break;
      }
      case 'authorized': {
        const { call, tool, decision, rule } = line.data;
        note(line, {
          'gen_ai.tool.name': tool,
          'gen_ai.tool.call.id': call,
          'countersign.decision': decision,
          'countersign.rule': rule,
        });
        break;
      }
      case 'notified':
        note(line, { 'gen_ai.tool.call.id': line.data.call, 'countersign.notified.roles': line.data.roles });
        break;
      case 'task.opened':
        note(line, { 'countersign.role': line.data.role });
        break;
      case 'task.done':
        note(line, { 'countersign.performed': line.data.performed, 'countersign.actor': line.actor.id });
        break;
      case 'branch':
        note(line, { 'countersign.taken': line.data.taken });
        break;
      case 'retry':
        note(line, { 'countersign.attempt': line.data.attempt });
        break;
      case 'run.closed': {
        const { outcome, usage } = line.data;
        end('run', {
          'countersign.outcome': outcome,
          'gen_ai.usage.input_tokens': usage.inputTokens,
          'gen_ai.usage.output_tokens': usage.outputTokens,
          ...(outcome === 'failed' && { 'error.type': outcome }),
        }, outcome === 'failed' ? 'the run failed' : undefined); // biome-ignore format: a call
        break;
      }
      default:
        note(line, {});
    }
  }
  return spans.map(({ open: span, end: ended, error }) => {
    const { id, parent, name, kind, start, attributes, events } = span;
    const done = ended === undefined ? { ...attributes, 'countersign.unfinished': true } : attributes;
    return { id, parent, name, kind, start, end: ended ?? now, attributes: done, events, error };
  });
}

/** The path of the call that a step's playbook was called by; `null` at the top. */
function above(path: string): string | null {
  const at = path.lastIndexOf('/');
  return at < 0 ? null : path.slice(0, at);
}

/**
 * When a line was written, in nanoseconds, by the clock that never goes back: so what is inside another span is so in time
 * too. Where a run goes on after it broke off, the wall clock tells how long nothing ran.
 */
function timesOf(): (line: TraceLine) => bigint {
  let base: bigint | undefined;
  let last = 0n;
  return (line) => {
    const mono = BigInt(Math.round(line.mono * 1e6));
    const wall = BigInt(Date.parse(line.time)) * 1_000_000n;
    if (base === undefined || line.event === 'resumed' || line.event === 'recovered') base = wall - mono;
    const time = base + mono;
    last = time > last ? time : last;
    return last;
  };
}
