import type { Call, Json, TraceLine } from '../../../runner/protocol/trace.js';
import { span } from './span.js';
import type { Story } from './story.js';

/** One labelled thing the details of an event show. */
export type Fact =
  | { readonly kind: 'text'; readonly label: string; readonly text: string }
  | { readonly kind: 'json'; readonly label: string; readonly value: Json }
  | { readonly kind: 'list'; readonly label: string; readonly items: readonly string[] }
  | { readonly kind: 'call'; readonly label: string; readonly call: Call };

/** What a reader wants to know of an event, most telling first. The raw line is shown besides, so nothing is lost. */
export function factsOf(line: TraceLine, story: Story): readonly Fact[] {
  return gather(line, story).filter(
    (fact) => !(fact.kind === 'text' && fact.text === '') && !(fact.kind === 'list' && fact.items.length === 0),
  );
}

function gather(line: TraceLine, story: Story): readonly Fact[] {
  switch (line.event) {
    case 'run.opened': {
      const {
        playbook,
        policy,
        catalogs,
        callees = [],
        context = [],
        events = [],
        live = [],
        examples = [],
        case: sample,
        model,
        approvals,
        engine,
        alert,
      } = line.data;
      return [
        text('Playbook', `${playbook.id} ${playbook.version} (${playbook.file})`),
        list(
          'Playbooks it calls',
          callees.map((one) => `${one.id} ${one.version} (${one.file})`),
        ),
        text('Case', `${sample.id} (${sample.file})`),
        text('Answers the agent steps', `${model.provider}, ${model.id}${model.ai ? '' : ' (not AI)'}: ${model.note}`),
        text('Approvals come from', approvals),
        list(
          'Shown to agents from earlier cases',
          examples.filter(({ file }) => file.endsWith('.case.yaml')).map(({ file }) => file),
        ),
        list(
          'Event data',
          events.map((one) => `${one.table} (${one.file})`),
        ),
        list(
          'Live servers that answer reading tools',
          live.map(
            ({ server, address, tools }) => `${server} (${address}): ${tools.map(({ tool }) => tool).join(', ')}`,
          ),
        ),
        text('Effects', 'Dry run: consequential tools are simulated, nothing is changed anywhere.'),
        text('Policy', policy === null ? 'None: nobody holds a role, so consequential acts are denied.' : policy.id),
        list('Digests', [
          `playbook ${playbook.digest}`,
          `policy ${policy?.digest ?? 'none'}`,
          ...[...catalogs, ...callees, ...context, ...examples, ...events].map(
            ({ file, digest }) => `${file} ${digest}`,
          ),
          `case ${sample.digest}`,
          `alert ${alert.digest}`,
        ]),
        text('Engine', engine),
      ];
    }
    case 'step.entered':
    case 'step.skipped':
      return [
        text('Because', line.data.because || 'It is next in the playbook.'),
        text('Kind', line.data.kind),
        text('Stands in', line.data.within ?? ''),
        text('Branch', line.data.branch ?? ''),
      ];
    case 'step.left':
      return [
        text('Outcome', line.data.outcome),
        text('Error', line.data.error ?? ''),
        text('Handled by', line.data.handler ?? ''),
        ...(line.data.output === null ? [] : [json('Output', line.data.output)]),
      ];
    case 'branch':
      return [text('Expression', line.data.expression), json('Value', line.data.value), text('Taken', line.data.taken)];
    case 'iteration':
      return [text('Round', `${line.data.index + 1} of ${line.data.of}`), json('Item', line.data.item)];
    case 'joined':
      return [
        text('Goes on', line.data.join === 'all' ? 'when all branches ended' : 'when the first branch ended'),
        list('Came to the end', line.data.through),
        list('Stopped before', line.data.stopped),
      ];
    case 'called':
      return [
        text('Playbook', `${line.data.playbook} ${line.data.version} (${line.data.file})`),
        json('Inputs', line.data.inputs),
      ];
    case 'retry':
      return [
        text('Attempt', `${line.data.attempt} of ${line.data.of}`),
        text('Because', line.data.because),
        text('After', span(line.data.delayMs)),
      ];
    case 'model.request':
      return [
        text('Model', line.data.model),
        json('Sent in this turn', line.data.input),
        text('System prompt', line.data.system ?? ''),
        list('Tools offered', line.data.tools),
      ];
    case 'model.response':
      return [
        text('Text', line.data.text),
        ...line.data.calls.map((call) => json(`Wants ${call.tool}`, call.arguments)),
        ...(line.data.output === undefined ? [] : [json('Answer', line.data.output)]),
        text('Stopped because', line.data.stopReason),
        text('Used', usageText(line.data.usage)),
      ];
    case 'proposed':
      return [
        { kind: 'call', label: 'Call', call: line.data.call },
        list('Untrusted values reach', line.data.untrusted),
      ];
    case 'authorized':
      return [
        text('Decision', line.data.decision),
        text('Reason', line.data.reason),
        text('Rule', line.data.rule),
        ...known(line.data.call, story),
      ];
    case 'gate.opened':
      return [
        text('Asked', line.data.ask),
        ...line.data.calls.map((call, index) => ({ kind: 'call' as const, label: `Would run, ${index + 1}`, call })),
        ...line.data.evidence.map(({ expression, value }) => json(`Shown: ${expression}`, value)),
        text('Roles', line.data.roles.join(', ')),
        list('May approve', line.data.approvers),
        text('People needed', String(line.data.quorum)),
        text('Asked for the', line.data.round === undefined ? '' : `${line.data.round}. time`),
        list('Changed by', line.data.changedBy ?? []),
        text(
          'Silence denies after',
          line.data.timeoutMs === null ? 'the run’s own deadline' : span(line.data.timeoutMs),
        ),
      ];
    case 'decided':
      return [
        text('Decision', line.data.decision),
        text('By', line.actor.id),
        text('Known how', line.actor.how ?? ''),
        text('Identity', identityText(line.data.identity)),
        text('Reason', line.data.reason),
        ...line.data.calls.flatMap((call) => known(call, story)),
        ...shown(line.seq, line.data.gate, story),
      ];
    case 'gate.closed':
      return [
        text('Outcome', line.data.outcome),
        text('Because', line.data.because),
        list('Approved by', line.data.approvedBy),
        text('Identity', identityText(line.data.identity)),
        ...shown(line.seq, line.data.gate, story),
      ];
    case 'modified':
      return [
        text('Refused', line.data.refused ?? ''),
        ...line.data.before.map((call) => ({ kind: 'call' as const, label: 'Before', call })),
        ...line.data.after.map((call) => ({ kind: 'call' as const, label: 'After', call })),
      ];
    case 'escalated':
      return [text('To', line.data.to), list('May approve', line.data.approvers)];
    case 'task.opened':
      return [
        text('Task', line.data.task),
        text('Role', line.data.role),
        ...(line.data.call === null ? [] : [{ kind: 'call' as const, label: 'To do by hand', call: line.data.call }]),
        ...(line.data.fields === null ? [] : [json('Fields', line.data.fields)]),
      ];
    case 'task.done':
      return [text('Performed', line.data.performed ? 'yes' : 'no'), json('Filled in', line.data.output)];
    case 'intent':
      return [
        text('Effect', line.data.simulated ? 'Simulated: nothing is changed anywhere.' : ''),
        ...known(line.data.call, story),
        text('Digest', line.data.digest),
        text('Permit', line.data.permit),
      ];
    case 'executed':
      return [
        json(line.data.ok ? 'Result' : 'Error', line.data.result),
        text('Source', line.data.source),
        text('Effect', line.data.simulated ? 'Simulated: nothing was changed anywhere.' : ''),
        ...known(line.data.call, story),
      ];
    case 'withheld':
      return [text('Because', line.data.reason), ...known(line.data.call, story)];
    case 'undone':
      return [
        text('Reason', line.data.reason),
        text('Worked', line.data.ok ? 'yes' : 'no'),
        ...known(line.data.call, story),
        ...known(line.data.by, story),
      ];
    case 'review.requested':
      return [
        list('People', line.data.people),
        text('Roles', line.data.roles.join(', ')),
        text('Share', `${Number((line.data.rate * 100).toFixed(2))}%`),
        ...(line.data.call === null ? [] : known(line.data.call, story)),
      ];
    case 'killed':
      return [text('By', line.actor.id), text('Known how', line.actor.how ?? ''), text('Reason', line.data.reason)];
    case 'notified':
      return [
        text('Message', line.data.message),
        text('Undo until', line.data.undo?.until ?? ''),
        list('People', line.data.people),
        text('Roles', line.data.roles.join(', ')),
      ];
    case 'budget.waiting':
      return [
        text('Turn', String(line.data.turn)),
        text('Needs', `${line.data.least.tokens} tokens, ${line.data.least.usd.toFixed(4)} US dollars`),
        text('Could use', `${line.data.most.tokens} tokens, ${line.data.most.usd.toFixed(4)} US dollars`),
      ];
    case 'budget':
      return [
        text('Scope', line.data.scope),
        text('Exceeded', line.data.exceeded ?? ''),
        text('Used', `${usageText(line.data)}, ${line.data.toolCalls} tool calls, ${span(line.data.elapsedMs)}`),
      ];
    case 'resumed':
      return [text('By', line.data.by), text('Last line before', String(line.data.fromLine + 1))];
    case 'recovered':
      return [
        text('Set aside in', line.data.file),
        text('Bytes', String(line.data.bytes)),
        text('Digest', line.data.digest),
      ];
    case 'outcome.unknown':
      return [text('Because', line.data.because), ...known(line.data.call, story)];
    case 'run.closed':
      return [
        text('Outcome', line.data.outcome),
        json('Verdict', line.data.verdict),
        text('Reason', line.data.reason),
        text('Used', usageText(line.data.usage)),
        text('Lines', String(line.data.lines)),
      ];
    default:
      return [];
  }
}

function known(id: string, story: Story): readonly Fact[] {
  const call = story.call(id);
  return call === undefined ? [] : [{ kind: 'call', label: 'Call', call }];
}

function shown(seq: number, gate: string, story: Story): readonly Fact[] {
  const opened = story.askedBefore(seq, gate);
  if (opened === undefined) return [];
  return [
    text('What the person was asked', opened.ask),
    ...opened.evidence.map(({ expression, value }) => json(`Was shown: ${expression}`, value)),
  ];
}

function identityText(identity: 'locally-asserted' | undefined): string {
  return identity === undefined ? '' : 'As people on this machine state it: two names may be one person.';
}

function usageText(used: {
  readonly turns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}): string {
  return `${used.turns} turns, ${used.inputTokens} tokens in, ${used.outputTokens} out, $${used.usd.toFixed(4)}`;
}

function text(label: string, value: string): Fact {
  return { kind: 'text', label, text: value };
}

function json(label: string, value: Json): Fact {
  return { kind: 'json', label, value };
}

function list(label: string, items: readonly string[]): Fact {
  return { kind: 'list', label, items };
}
