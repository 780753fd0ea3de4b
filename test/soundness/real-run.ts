import { boundaryOf } from '../../language/authority/boundary.js';
import { keptFiles } from '../../language/host.js';
import { type LoadedPlaybook, loadPlaybook } from '../../language/load.js';
import { type Audit, auditRun, type Reached } from '../../runner/audit/audit.js';
import { runEngine } from '../../runner/engine/engine.js';
import { adversaryModel } from '../../runner/models/adversary/adversary.js';
import { knowledgeOf } from '../../runner/models/adversary/knowledge.js';
import type { Approver, Clock } from '../../runner/ports.js';
import type { Json, TraceLine } from '../../runner/protocol/trace.js';
import { memoryJournal } from '../../runner/redteam/memory-journal.js';
import { watched } from '../../runner/redteam/review.js';
import { virtualClock } from '../../runner/redteam/virtual-clock.js';
import type { ToolHost } from '../../runner/tools/port.js';
import type { SchemaCheck } from '../../runner/tools/schema-check.js';
import { sha256 } from '../../runner/trace/canonical.js';
import { PEOPLE, type Program, REQUESTER } from './playbook.js';
import { playbookFile, policyFile, printProgram } from './print.js';
import { type Random, randomOf } from './random.js';

/** The real engine, decision point and enforcement over a random playbook, against the adversary and random people. */

const FOLDER = 'file:///w/';
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

export interface RealRun {
  readonly lines: readonly TraceLine[];
  readonly audit: Audit;
  readonly outcome: string;
}

/** A program, read once for many runs. */
export interface Readied {
  readonly loaded: LoadedPlaybook;
  readonly digests: { readonly playbook: string; readonly policy: string | null; readonly callees: readonly string[] };
  /** What the analysis says of each act: by step and tool. */
  readonly verdicts: ReadonlyMap<string, string>;
}

export function ready(program: Program, kept = keptFiles()): Readied {
  const files = printProgram(program);
  const read = (uri: string): string | undefined => files.get(uri.slice(FOLDER.length));
  const name = playbookFile(program.main);
  const loaded = loadPlaybook(FOLDER + name, files.get(name) ?? '', { read, kept });
  runAll(loaded);
  const digest = (file: string): string => sha256(files.get(file) ?? '');
  return {
    loaded,
    digests: {
      playbook: digest(name),
      policy: program.policy ? digest(policyFile(program.policy)) : null,
      callees: program.callees.map((callee) => digest(playbookFile(callee))).sort(),
    },
    verdicts: new Map(boundaryOf(loaded).cells.map((cell) => [`${cell.step} ${cell.tool}`, cell.verdict])),
  };
}

/**
 * Playbooks with errors are not run, and random ones break most rules of authority. So that the runner has to keep what the
 * checks would have stopped, the called ones are said to be sound; the main one is not asked.
 */
function runAll({ calls }: LoadedPlaybook): void {
  for (const [step, callee] of calls) {
    if (!callee.loaded) continue;
    if (callee.fault === 'broken')
      (calls as Map<typeof step, typeof callee>).set(step, { ...callee, fault: undefined });
    runAll(callee.loaded);
  }
}

export interface Given {
  /** One for many runs: it compiles each schema once. */
  readonly schemas: SchemaCheck;
  /** What runs playbooks; the engine unless a test plants a fault. */
  readonly engine?: typeof runEngine;
}

/** One run; the same for the same numbers. */
export async function realRun(
  { loaded, digests }: Readied,
  seed: number,
  index: number,
  run: number,
  { schemas, engine = runEngine }: Given,
): Promise<RealRun> {
  const random = randomOf(seed + 7919 * run, index);
  const temper = random.pick(TEMPERS);
  const clock = virtualClock(START);
  const alert = alertOf(random);
  const inputs = loaded.playbook.inputs ? { host: 'u1' } : undefined;
  const journal = memoryJournal(`run-${run}`, clock);
  const reached: Reached[] = [];
  let ids = 0;
  const result = await engine({
    loaded,
    alert,
    inputs,
    binding: { run: `run-${run}`, ...digests },
    model: adversaryModel(seed + run + index, knowledgeOf(loaded)),
    approver: peopleOf(random, clock, temper),
    journal,
    clock,
    ids: { next: (prefix) => `${prefix}-${++ids}` },
    schemas,
    host: watched(hostOf(random, clock, temper), reached),
    user: REQUESTER,
    signal: new AbortController().signal,
    placeOf: () => null,
    opened: openedOf(digests),
  });
  const lines = journal.kept;
  const audit = auditRun(lines, { loaded, alert, inputs, digests, schemas, reached });
  return { lines, audit, outcome: result.outcome };
}

/** How the world treats a run: it goes smoothly, so it comes far; things take their time; or they also go wrong. */
const TEMPERS = ['smooth', 'smooth', 'slow', 'rough'] as const;
type Temper = (typeof TEMPERS)[number];

function alertOf(random: Random): Json {
  const observables: Json[] = [];
  for (const [type, values] of [
    [4, ['u1', 'u2', 'u3']],
    [1, ['h1', 'h2']],
    [2, ['198.51.100.1', '198.51.100.2']],
    [6, ['https://a.example/']],
    [7, ['a.exe', 'b.exe']],
    [5, ['a@a.example']],
    [9, ['p1', 'p2']],
  ] as const) {
    for (const value of values) if (random.chance(0.6)) observables.push({ name: 'n', type_id: type, value });
  }
  return {
    class_uid: 2004,
    severity_id: random.chance(0.7) ? 4 : 1,
    finding_info: { uid: 'f', title: random.pick(['u1', 'u2', 'k1', 'approved']) },
    observables,
  };
}

/** Tools that answer, fail, take their time, or never answer. */
function hostOf(random: Random, clock: Clock, temper: Temper): ToolHost {
  const failing = temper === 'rough' ? random.pick([0.1, 0.3]) : 0;
  const slow = { smooth: 0, slow: 0.6, rough: 0.2 }[temper];
  return {
    async call({ tool }, signal) {
      if (random.chance(slow)) await clock.sleep(waitOf(random), signal);
      if (random.chance(failing)) return { ok: false, error: 'It failed.', source: 'recorded' };
      const v = random.pick(['p', 'q', 'u1', 'u2', 'k1']);
      const list = ['u1', 'u2', 'k1', 'h1'].filter(() => random.chance(0.5));
      const output = tool.effect === 'read' ? { v, k: random.pick(['p', 'q', 'r']), l: list } : { v };
      return { ok: true, output, source: 'recorded' };
    },
  };
}

function waitOf(random: Random): number {
  return random.pick([0.25, 2.25, 11.25, 61.25, 700.25]) * MINUTE;
}

/** People as they are: most answer, and some refuse, are silent, late, somebody else, or say it twice. */
function peopleOf(random: Random, clock: Clock, temper: Temper): Approver {
  const kind = temper !== 'rough';
  const willing = kind ? 1 : random.pick([0.3, 0.7, 0.95]);
  const late = { smooth: 0, slow: 0.5, rough: 0.2 }[temper];
  const wrong = kind ? 0 : 0.1;
  let last = PEOPLE[0] ?? '';
  return {
    how: 'scripted',
    async approve({ approvers }, signal) {
      if (random.chance(late)) await clock.sleep(waitOf(random), signal);
      if (random.chance(wrong / 2)) return undefined;
      const as = random.chance(wrong)
        ? random.pick([REQUESTER, 'adversary', 'mallory@evil.example', '', 'ANA@soc.example', 'ana@soc.example '])
        : random.chance(wrong)
          ? last
          : random.pick(kind ? approvers : [...approvers, ...PEOPLE]);
      last = as;
      return { decision: random.chance(willing) ? 'approve' : 'reject', as, reason: 'r' };
    },
    async task({ people }, signal) {
      if (random.chance(late)) await clock.sleep(waitOf(random), signal);
      if (random.chance(wrong)) return undefined;
      const output = { v: random.pick(['p', 'u1', 'k1']) };
      return {
        done: !random.chance(wrong),
        as: random.pick(kind && people.length > 0 ? people : [...people, ...PEOPLE, 'mallory@evil.example']),
        output,
      };
    },
  };
}

function openedOf({ playbook, policy }: Readied['digests']): Parameters<typeof runEngine>[0]['opened'] {
  return {
    playbook: { id: 'main', version: '1.0.0', file: 'main', digest: playbook },
    policy: policy === null ? null : { id: 'p', digest: policy },
    catalogs: [],
    case: { id: 'c', file: 'c', digest: sha256('') },
    alert: { file: 'a', digest: sha256('') },
    engine: 'test',
    model: { provider: 'adversary', id: 'adversary', ai: false, note: '' },
    approvals: 'scripted',
    dryRun: true,
    startedBy: REQUESTER,
  };
}
