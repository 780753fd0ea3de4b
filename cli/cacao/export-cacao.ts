import path from 'node:path';
import { type CacaoFacts, isFileName, isMoment, playbookIdOf } from '../../language/foreign/cacao/extension.js';
import { cacaoOf, cacaoText } from '../../language/foreign/cacao/write.js';
import { isAbove, type LoadedPlaybook, loadPlaybook, lowest, MAX_LENGTH } from '../../language/index.js';
import { nodeFiles, readText } from '../../runner/node-files.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, uriOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { idOfName } from './ids.js';

export type CacaoExport =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: ExitCode };

/**
 * The CACAO playbook of a file of ours. One with errors is not exported: it would not be run here either, and elsewhere nobody would see
 * them. `created` is the moment it is said to be made at.
 */
export function exportedCacao(file: string, created: string, terminal: Terminal): CacaoExport {
  const shown = plain(shownPath(file));
  const fails = (why: string): CacaoExport => {
    terminal.err(`${shown} is not exported. ${plain(why)}\n`);
    return { ok: false, code: EXIT.problems };
  };
  const text = readText(file);
  if (!text.ok) return fails(`It cannot be read: ${text.reason}.`);
  const name = path.basename(file);
  if (!isFileName(name))
    return fails(
      'Its name cannot be kept. Names end in .playbook.yaml and have letters, digits, ".", "-", "_" and blanks.',
    );
  const loaded = loadPlaybook(uriOf(file), text.text, nodeFiles());
  const errors = loaded.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first)
    return fails(
      `It has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}, the first in line ${loaded.lines.positionAt(first.range.start).line + 1}: ${first.message} "countersign check" shows them all.`,
    );
  const written = cacaoOf(text.text, factsOf(loaded, name, created), idOfName);
  if (!written.ok) return fails(written.why);
  const made = cacaoText(written.cacao);
  if (made.length > MAX_LENGTH) return fails('The CACAO file would be larger than what can be read back.');
  for (const one of narrowedBy(loaded)) terminal.err(`${plain(one)}\n`);
  return { ok: true, text: made };
}

/** What `--date` may be, made a moment; `undefined` for what is none. */
export function momentOf(text: string): string | undefined {
  const moment = new Date(text);
  const iso = Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
  return /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text) && isMoment(iso) ? iso : undefined;
}

export function factsOf({ steps, tools, calls }: LoadedPlaybook, file: string, created: string): CacaoFacts {
  const named = steps.flatMap((step) => {
    if (step.kind === 'agent') return step.tools.map(({ tool }) => tool.value);
    return step.kind === 'action' ? [step.tool.value] : [];
  });
  const effects = named.flatMap((name) => {
    const effect = tools.get(name)?.effect;
    return effect ? [[name, effect] as const] : [];
  });
  const called = [...calls].flatMap(([step, { loaded }]) => {
    const id = loaded?.playbook.id?.value;
    return id === undefined
      ? []
      : [[step.target.value, playbookIdOf(loaded?.playbook.owner?.value, id, idOfName)] as const];
  });
  return {
    file,
    created,
    modified: created,
    effects: Object.fromEntries(effects),
    calls: Object.fromEntries(called),
  };
}

/**
 * Acts that a policy or a catalog keeps below what the text says: CACAO has no policies, so whoever runs the file elsewhere may do more.
 * A line each.
 */
function narrowedBy({ acts, playbook }: LoadedPlaybook): readonly string[] {
  return acts.flatMap(({ step, autonomy: { level, because, declared } }) => {
    const said = playbook.autonomy ? lowest(declared, playbook.autonomy.value) : declared;
    return isAbove(said, 'approve') && isAbove(said, level)
      ? [
          `"${step.id.value}" is at ${level} here, because ${because}. The CACAO file says ${said}, as the playbook does: it has no policy.`,
        ]
      : [];
  });
}
