import { type SignatureHelp, signatureAt } from '../expressions/signature.js';
import { schemaAt } from '../schema/schema-at.js';
import { templateAt } from './complete-expressions.js';
import { typingPlace } from './cursor.js';
import type { SourceFile } from './source-file.js';
import { takenInputs } from './taken-inputs.js';
import { scopeOn } from './visible.js';

/** The function whose arguments are being written at `offset`, in an expression or in the `${{ }}` of a template. */
export function signatureHelp(source: SourceFile, offset: number): SignatureHelp | undefined {
  if (source.kind !== 'playbook') return undefined;
  const place = typingPlace(source.text, source.root, offset);
  if (place?.on !== 'value') return undefined;
  const views = schemaAt(source.kind, place.root, place.path, takenInputs(source), place.path.at(-1)?.kind === 'item');
  const template = views.some((view) => view.template) ? templateAt(source.text, place.value, offset) : undefined;
  const expression = template ?? (views.some((view) => view.expression) ? place.value : undefined);
  const scope = expression && scopeOn(source, place.path);
  if (!expression || !scope || offset < expression.start) return undefined;
  return signatureAt(source.text.slice(expression.start, offset), scope);
}
