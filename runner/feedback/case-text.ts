import { Document, isScalar, visit } from 'yaml';
import type { CaseFeedback, Truth } from '../../language/model/case.js';
import type { JsonObject } from '../protocol/trace.js';
import type { ExpectedActs } from './decided.js';
import type { Script } from './script.js';

/** Everything a feedback case says. Files are relative to it. */
export interface CaseContent extends Script {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly playbook: string;
  readonly truth: Truth | undefined;
  readonly injected: boolean | undefined;
  readonly feedback: CaseFeedback;
  readonly alert: string;
  readonly inputs: JsonObject;
  readonly events: readonly { readonly table: string; readonly file: string }[];
  /** Whether the draw for review is settled: the playbook draws somewhere. */
  readonly draws: boolean;
  readonly expect: ExpectedActs & { readonly verdict: string | undefined; readonly changedAt: readonly string[] };
}

/** The case as a file. What is empty is left out. */
export function caseText(content: CaseContent): string {
  const { feedback, expect } = content;
  const acts = some({ must: expect.must, may: expect.may, 'must-not': expect.mustNot });
  const value = {
    case: content.id,
    title: content.title,
    description: content.description,
    playbook: content.playbook,
    truth: content.truth,
    injected: content.injected,
    feedback: {
      source: { run: feedback.run, trace: feedback.trace },
      by: feedback.by,
      reviewed: feedback.reviewed,
    },
    alert: content.alert,
    inputs: Object.keys(content.inputs).length === 0 ? undefined : content.inputs,
    events:
      content.events.length === 0
        ? undefined
        : Object.fromEntries(content.events.map(({ table, file }) => [table, file])),
    ...scriptPart(content),
    ...some({ undo: content.undo.map(({ reason, ...one }) => (reason === '' ? one : { ...one, reason })) }),
    sampled: content.draws ? content.sampled : undefined,
    expect: {
      verdict: expect.verdict,
      acts: Object.keys(acts).length === 0 ? undefined : acts,
      ...some({ decided: expect.changedAt.map((at) => ({ at, decision: 'modify' })) }),
    },
  };
  return caseDocument(value).toString({ lineWidth: 0 });
}

/** What answers in a run, as a case has it. */
export function scriptPart({ answers, approvals, tasks }: Pick<Script, 'answers' | 'approvals' | 'tasks'>) {
  return some({ answers, approvals, tasks });
}

/** A case as YAML that the language reads, to be written with `lineWidth: 0`. What is `undefined` is left out. */
export function caseDocument(value: { readonly [key: string]: unknown }): Document {
  // No aliases, which the language does not have; a line stays one however long it is.
  const document = new Document(value, { aliasDuplicateObjects: false, version: '1.2' });
  // Somebody's data may be called as the merge key is, which the language does not have either.
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '<<') key.type = 'QUOTE_DOUBLE';
    },
  });
  return document;
}

function some(lists: { readonly [key: string]: readonly unknown[] }): { readonly [key: string]: readonly unknown[] } {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
