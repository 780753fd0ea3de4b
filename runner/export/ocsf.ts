import type { Actor, Call, TraceLine } from '../protocol/trace.js';
import { VERSION } from '../version.js';

/** The version of the Open Cybersecurity Schema Framework that the events are written in. */
export const OCSF_VERSION = '1.6.0';

const APPLICATION = 6;
const FINDINGS = 2;
const LIFECYCLE = { category: APPLICATION, class: 6002, name: 'Application Lifecycle' } as const;
const API = { category: APPLICATION, class: 6003, name: 'API Activity' } as const;
const DETECTION = { category: FINDINGS, class: 2004, name: 'Detection Finding' } as const;

const OTHER = 99;
const SUCCESS = 1;
const FAILURE = 2;
const UNKNOWN = 0;

/** `activity_id` of API Activity, by what a tool does to the world. */
const ACTIVITIES: ReadonlyMap<string, number> = new Map([
  ['read', 2],
  ['record', 1],
  ['notify', 1],
  ['suppress', 3],
  ['contain', 3],
  ['restore', 3],
  ['harden', 3],
  ['evict', 4],
]);

/** `verdict_id` of the profile `incident`, where a verdict is one of its words. */
const VERDICTS: ReadonlyMap<string, number> = new Map([
  ['false-positive', 1],
  ['true-positive', 2],
  ['suspicious', 4],
  ['benign', 5],
]);

/**
 * The run as OCSF events, in order: Application Lifecycle when it opens and closes, API Activity for each call that was
 * made or denied and each answer of a person, Detection Finding for its verdict. Without what tools and models said.
 */
export function ocsfOf(lines: readonly TraceLine[]): readonly object[] {
  const calls = new Map<string, Call>();
  const [opened] = lines;
  if (opened?.event !== 'run.opened') return [];
  const { playbook, startedBy } = opened.data;
  const starter = { name: startedBy };

  const base = (
    line: TraceLine,
    kind: { readonly category: number; readonly class: number; readonly name: string },
    activity: number,
    status: number,
    message: string,
    profiles: readonly string[],
  ) => ({
    activity_id: activity,
    category_uid: kind.category,
    class_uid: kind.class,
    class_name: kind.name,
    type_uid: kind.class * 100 + activity,
    time: Date.parse(line.time),
    severity_id: 1,
    status_id: status,
    message,
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Countersign', vendor_name: 'Countersign', version: VERSION },
      uid: `${line.run}:${line.seq}`,
      sequence: line.seq,
      correlation_uid: line.run,
      log_name: 'trace',
      ...(profiles.length === 0 ? {} : { profiles }),
    },
  });
  const api = (
    line: TraceLine,
    { id, tool, effect, target }: Pick<Call, 'id' | 'tool' | 'effect' | 'target'>,
    decision: 'allowed' | 'denied',
    status: number,
    message: string,
    more: object,
  ) => ({
    ...base(line, API, ACTIVITIES.get(effect) ?? OTHER, status, message, ['security_control']),
    ...(ACTIVITIES.has(effect) ? {} : { activity_name: effect === '' ? 'unknown' : effect }),
    actor: { app_name: 'countersign', user: starter },
    api: { operation: tool, request: { uid: id }, service: { name: tool.split('.')[0] ?? tool } },
    src_endpoint: { name: 'countersign', svc_name: 'countersign' },
    ...(target === null ? {} : { resources: [{ name: target }] }),
    action_id: decision === 'allowed' ? 1 : 2,
    disposition_id: decision === 'allowed' ? 1 : 2,
    unmapped: { 'countersign.step': line.step, 'countersign.effect': effect, ...more },
  });
  const callOf = (id: string, tool: string) => calls.get(id) ?? { id, tool, effect: '', target: null };

  return lines.flatMap((line): readonly object[] => {
    switch (line.event) {
      case 'run.opened':
      case 'run.closed': {
        const isStart = line.event === 'run.opened';
        const failed = !isStart && line.data.outcome === 'failed';
        const lifecycle = {
          ...base(line, LIFECYCLE, isStart ? 3 : 4, failed ? FAILURE : SUCCESS, isStart ? `Run of ${playbook.id} opened` : `Run of ${playbook.id} ${line.data.outcome}`, []),
          app: { name: playbook.id, vendor_name: 'Countersign', version: playbook.version, uid: playbook.digest },
          actor: { app_name: 'countersign', user: starter },
          unmapped: isStart
            ? { 'countersign.dry_run': line.data.dryRun, 'countersign.policy': line.data.policy?.id ?? null }
            : { 'countersign.outcome': line.data.outcome },
        }; // biome-ignore format: short
        if (isStart || line.data.verdict === null) return [lifecycle];
        const verdict = typeof line.data.verdict === 'string' ? line.data.verdict : JSON.stringify(line.data.verdict);
        return [
          {
            ...base(line, DETECTION, 1, 1, `Verdict of ${playbook.id}: ${verdict}`, ['incident']),
            severity_id: UNKNOWN,
            finding_info: { uid: line.run, title: `Verdict of ${playbook.id}`, types: ['verdict'] },
            verdict_id: VERDICTS.get(verdict) ?? OTHER,
            verdict,
            is_alert: false,
          },
          lifecycle,
        ];
      }
      case 'proposed':
        calls.set(line.data.call.id, line.data.call);
        return [];
      case 'authorized': {
        const { call, tool, decision, rule, reason } = line.data;
        // Of a person's answer that does not count nothing came: the call may be approved next.
        if (decision !== 'deny' || line.actor.kind === 'human') return [];
        return [
          api(line, callOf(call, tool), 'denied', FAILURE, `Denied ${tool}: ${reason}`, { 'countersign.rule': rule }),
        ];
      }
      case 'executed': {
        const { call, tool, ok, simulated, source } = line.data;
        const said = simulated ? `Simulated ${tool}` : `Called ${tool}`;
        const more = { 'countersign.simulated': simulated, 'countersign.source': source };
        return [
          api(line, callOf(call, tool), 'allowed', ok ? SUCCESS : FAILURE, ok ? said : `${said}, which failed`, more),
        ];
      }
      case 'outcome.unknown': {
        const { call, tool } = line.data;
        return [api(line, callOf(call, tool), 'allowed', UNKNOWN, `Whether ${tool} ran is not known`, {})];
      }
      case 'decided': {
        const { gate, decision, calls: about } = line.data;
        const shown = { id: about[0] ?? gate, tool: `gate.${decision}`, effect: '', target: gate };
        const event = api(line, shown, 'allowed', SUCCESS, `${line.actor.id} decided to ${decision} at ${gate}`, {
          'countersign.calls': about,
        });
        return [{ ...event, activity_name: decision, actor: { app_name: 'countersign', user: userOf(line.actor) } }];
      }
      default:
        return [];
    }
  });
}

/** Who they are is as sure as the trace says: `how` goes along as the type. */
function userOf({ id, how }: Actor): object {
  return { name: id, ...(how === undefined ? {} : { type_id: OTHER, type: how }) };
}
