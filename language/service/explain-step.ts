import type { Step } from '../model/playbook.js';
import { explainStep } from './explain.js';
import { explainActs } from './explain-acts.js';
import { explainGate } from './explain-gate.js';
import { explainCallOf } from './explain-given.js';
import type { Texts } from './place-link.js';
import type { SourceFile } from './source-file.js';

/** All that is said of a step where it is named, as Markdown: what it does, and under what authority. */
export function explainStepFully(step: Step, source: SourceFile, texts: Texts): string {
  return [
    explainStep(step),
    explainActs(step, source, texts),
    step.kind === 'gate' ? explainGate(step, source) : '',
    explainCallOf(step, source),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
