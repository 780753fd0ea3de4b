import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveReference } from '../../language/host.js';
import { buildCase } from '../../language/model/build-case.js';
import { parseYaml } from '../../language/syntax/parse.js';
import { digestOfTexts, measuredDigest } from '../breaker/measured-digest.js';
import { pathOf, readText } from '../node-files.js';
import { type RunnablePlaybook, readPlaybook } from '../prepare.js';
import { type Refusal, refusal } from '../refusal.js';
import { canonical, sha256 } from '../trace/canonical.js';
import { VERSION } from '../version.js';
import type { EvaluationPlan, PlannedPlaybook } from './evaluation.js';

/** A run that is to be made. */
export interface PlannedRun {
  readonly playbook: RunnablePlaybook;
  readonly casePath: string;
  readonly caseId: string;
  readonly repeat: number;
  /** Whether the case is a decision of a person, which also one that cannot be run is. */
  readonly feedback?: true;
}

export interface Planned {
  readonly plan: EvaluationPlan;
  /** Those of the shard, in the order of the whole. */
  readonly runs: readonly PlannedRun[];
  /** Cases that are for none of the playbooks. */
  readonly others: number;
}

export interface PlanOptions {
  readonly playbookPaths: readonly string[];
  /** A folder with everything below it, or a single case. */
  readonly casesPath: string;
  readonly repeat: number;
  readonly shard: { readonly index: number; readonly of: number };
  readonly model: EvaluationPlan['model'];
  readonly seed: number;
  readonly people: string;
  /** Digests of whatever else the runs rest on; nothing unless given. */
  readonly restsOn?: readonly string[];
}

/**
 * Which runs an evaluation is made of. A playbook with errors, a case without an id, and two cases of one name are refused; a
 * case that turns out not to run is a run that does not pass.
 */
export function planRuns(options: PlanOptions): Planned | Refusal {
  const playbooks = new Map<string, RunnablePlaybook>();
  for (const path of options.playbookPaths) {
    const read = readPlaybook(path);
    if ('ok' in read) return read;
    const id = read.loaded.playbook.id?.value ?? '';
    const twin = playbooks.get(id);
    if (twin && twin.path !== read.path) {
      return refusal(
        `${twin.path} and ${read.path} are both called "${id}", and cases could not tell them apart.`,
        read.path,
      );
    }
    playbooks.set(id, read);
  }
  const found = readCases(resolve(options.casesPath));
  if ('ok' in found) return found;
  const cases = found.filter(({ playbook }) => playbooks.has(playbook));
  const seen = new Map<string, string>();
  for (const one of cases) {
    const key = `${one.playbook} ${one.id}`;
    const twin = seen.get(key);
    if (twin !== undefined) {
      return refusal(`${twin} and ${one.path} are both called "${one.id}". Give one of them another name.`, one.path);
    }
    seen.set(key, one.path);
  }
  const all = cases.flatMap((one) => {
    const playbook = playbooks.get(one.playbook);
    return playbook
      ? Array.from({ length: options.repeat }, (_, at) => ({
          ...{ playbook, casePath: one.path, caseId: one.id, repeat: at + 1 },
          ...(one.feedback ? { feedback: true as const } : {}),
        }))
      : [];
  });
  const read = [...playbooks.values()];
  const planned = read.map(plannedPlaybook);
  const { model, seed, people, repeat } = options;
  const made = { engine: VERSION, model, seed, people, repeat, runs: all.length, playbooks: planned };
  const named = cases.map(({ playbook, id, digest }) => ({ playbook, id, digest }));
  const texts = read.map((one) => digestOfTexts([...one.texts.values()]));
  const digest = sha256(canonical({ ...made, playbooks: texts, cases: named, restsOn: options.restsOn ?? [] }));
  const { index, of } = options.shard;
  return {
    plan: { digest, ...made },
    runs: all.filter((_, at) => at % of === index - 1),
    others: found.length - cases.length,
  };
}

function plannedPlaybook(playbook: RunnablePlaybook): PlannedPlaybook {
  const { loaded, path } = playbook;
  return {
    id: loaded.playbook.id?.value ?? '',
    version: loaded.playbook.version?.value ?? '',
    file: relative(process.cwd(), path).replaceAll('\\', '/'),
    digest: measuredDigest(playbook),
    policy: loaded.policy?.id?.value ?? null,
    attack: loaded.playbook.attack.map(({ value }) => value),
  };
}

interface FoundCase {
  readonly path: string;
  readonly id: string;
  readonly playbook: string;
  readonly feedback: boolean;
  /** Over the case, its alert and its events. */
  readonly digest: string;
}

function readCases(path: string): readonly FoundCase[] | Refusal {
  const files = caseFiles(path);
  if (files === undefined) return refusal(`There is no file or folder ${path}.`, path);
  const cases: FoundCase[] = [];
  for (const file of files) {
    const read = readText(file);
    if (!read.ok) return refusal(`The case ${file} cannot be used: ${read.reason}.`, file);
    const uri = pathToFileURL(file).href;
    const sample = buildCase(uri, parseYaml(read.text).root);
    const id = sample.id?.value;
    if (id === undefined) return refusal(`${file} has no "case:" with its id.`, file);
    // It names files, so it may lead nowhere else.
    if (!ID.test(id)) return refusal(`${file} has an id that is none: small letters, digits and single hyphens.`, file);
    const beside = [sample.alert, ...sample.events.map((one) => one.file)].flatMap((one) =>
      one ? [contentDigest(pathOf(resolveReference(uri, one.value)))] : [],
    );
    const digest = sha256(canonical([sha256(read.text), ...beside]));
    cases.push({ path: file, id, playbook: sample.playbook?.value ?? '', feedback: !!sample.feedback, digest });
  }
  return cases.sort((a, b) => (a.playbook < b.playbook ? -1 : a.playbook > b.playbook ? 1 : a.id < b.id ? -1 : 1));
}

/** Of a file that is not there, the digest of nothing: the run says what is missing. */
function contentDigest(path: string | undefined): string {
  try {
    return path === undefined ? '' : sha256(readFileSync(path));
  } catch {
    return '';
  }
}

/** As the schema of cases has it. */
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const SUFFIX = '.case.yaml';
const SKIPPED = new Set(['node_modules', '.git', 'dist', 'out', 'traces']);

function caseFiles(path: string): readonly string[] | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : (caseFiles(full) ?? []);
    return entry.isFile() && entry.name.endsWith(SUFFIX) ? [full] : [];
  });
}
