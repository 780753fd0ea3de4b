import { Composer, type Document, type YAMLError } from 'yaml';
import type { TextEdit } from '../problem.js';
import { conflictsIn } from './conflicts.js';
import { type Fault, faultOf } from './fault.js';
import { slippedLine } from './indent-repair.js';
import { lineEnd, lineStart } from './line-shape.js';
import { addEdit, type PatchedText, patchText } from './patched-text.js';
import { type Tokens, tokenize } from './tokens.js';

/** A text as the YAML library reads it once its faults are patched. Places in `document` and `tokens` are in `source`. */
export interface Recovered {
  readonly document: Document.Parsed | undefined;
  readonly tokens: Tokens;
  readonly source: PatchedText;
  /** In the places of the original text, one per line. */
  readonly faults: readonly Fault[];
}

/** Code units that a search for slips in indentation may read: about what ten milliseconds are enough for. */
const SEARCHED = 60_000;

/** Faults told in one file; more help nobody. */
const MAX_FAULTS = 50;

/**
 * Reads a text, and after a fault that would take what follows with it reads once more with that place patched. How often
 * depends on the length, so that a keystroke in a long file stays quick.
 */
export function recover(text: string): Recovered | { readonly tooDeepAt: number } {
  const rounds = Math.max(2, Math.min(12, Math.floor(500_000 / Math.max(1, text.length))));
  const conflicts = conflictsIn(text);
  const faults: Fault[] = conflicts.slice(0, MAX_FAULTS);
  const lines = new Map<number, number>();
  const effort = { left: SEARCHED };
  let edits: readonly TextEdit[] = conflicts.flatMap((conflict) => conflict.patch);
  for (let round = 0; ; round++) {
    const source = patchText(text, edits);
    const tokens = tokenize(source.text);
    if ('tooDeepAt' in tokens) return { tooDeepAt: source.back(tokens.tooDeepAt) };
    const { document, errors } = compose(tokens, source.text.length);
    let patched: readonly TextEdit[] | undefined;
    for (const error of errors) {
      const fault = slippedLine(source.text, error, faultOf(source.text, error, tokens), effort);
      const found = inOriginal(fault, source);
      const line = lineStart(text, found.range.start);
      const attempts = lines.get(line) ?? 0;
      lines.set(line, attempts + 1);
      if (attempts === 0 && faults.length < MAX_FAULTS) faults.push(found);
      patched = round < rounds ? patch(text, edits, found, line, attempts) : undefined;
      if (patched) break;
    }
    if (!patched) return { document, tokens, source, faults };
    edits = patched;
  }
}

/** The edits with those for a fault; when they did not help, with its whole line blanked; then nothing more. */
function patch(
  text: string,
  edits: readonly TextEdit[],
  found: Fault,
  line: number,
  attempts: number,
): readonly TextEdit[] | undefined {
  if (found.patch.length === 0) return undefined;
  if (attempts < 2) {
    let all: readonly TextEdit[] | undefined = edits;
    for (const edit of found.patch) all = all && addEdit(all, edit);
    if (all) return all;
  }
  const end = lineEnd(text, line);
  const blank = { range: { start: line, end }, newText: ' '.repeat(end - line) };
  return attempts > 3 || end === line ? undefined : addEdit(edits, blank);
}

function inOriginal(found: Fault, source: PatchedText): Fault {
  const place = ({ start, end }: { readonly start: number; readonly end: number }) => {
    const from = source.back(start);
    return { start: from, end: Math.max(source.back(end), from) };
  };
  const edit = ({ range, newText }: TextEdit): TextEdit => ({ range: place(range), newText });
  const range = place(found.range);
  return {
    message: found.message,
    range: range.end > range.start ? range : { start: range.start, end: range.start + 1 },
    patch: found.patch.map(edit),
    fixes: found.fixes.map((fix) => ({ ...fix, edits: fix.edits.map(edit) })),
  };
}

function compose(
  tokens: Tokens,
  length: number,
): { readonly document: Document.Parsed | undefined; readonly errors: readonly YAMLError[] } {
  const composer = new Composer({
    schema: 'core',
    strict: false,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document] = composer.compose(tokens.tokens, false, length);
  // An alias is told of as such.
  const errors = [...(document?.errors ?? [])]
    .filter((error) => error.code !== 'BAD_ALIAS')
    .sort((a, b) => a.pos[0] - b.pos[0]);
  return { document, errors };
}
