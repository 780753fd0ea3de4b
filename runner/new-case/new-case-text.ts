import { isMap, isScalar, isSeq, type Node, visit } from 'yaml';
import type { JsonSchema } from '../../language/model/json-schema.js';
import { visible } from '../../language/visible.js';
import { caseDocument, scriptPart } from '../feedback/case-text.js';
import type { Script } from '../feedback/script.js';
import type { JsonObject } from '../protocol/trace.js';

/** A case that was made up, and what a person has to know of it. */
export interface NewCaseContent extends Pick<Script, 'answers' | 'approvals' | 'tasks'> {
  readonly id: string;
  readonly title: string;
  readonly playbook: string;
  /** Relative to the file, with `/`. */
  readonly alert: string;
  readonly inputs: JsonObject;
  /** What each tool among the answers returns. */
  readonly outputOf: (tool: string) => JsonSchema | undefined;
  /** Tools among the answers that event data of the case would answer. */
  readonly onEvents: readonly string[];
  /** What nobody answers in it, and why, a sentence each. */
  readonly notes: readonly string[];
}

/** The case as a file, with comments that say what is made up and what is to be changed. What is empty is left out. */
export function newCaseText(content: NewCaseContent): string {
  const { id, title, playbook, alert, inputs, onEvents, notes, outputOf } = content;
  const document = caseDocument({
    case: id,
    title,
    description: 'A case to begin with: all but the alert is made up.',
    playbook,
    alert,
    inputs: Object.keys(inputs).length === 0 ? undefined : inputs,
    ...scriptPart(content),
  });
  document.commentBefore = commentOf([
    'Made by "countersign case new". The alert is yours; what answers for tools and people is made up.',
    'Only the way that one dry run took is covered. Once you change an answer a run may ask for more:',
    'it then says "No recorded answer for TOOL with ARGUMENTS", which is what to add under "answers".',
    'What should come of this alert goes under "expect", what it really is under "truth".',
    ...(notes.length === 0 ? [] : ['', 'What could not be made up:', ...notes.map((note) => `- ${note}`)]),
  ]);
  const said: { readonly [key: string]: readonly string[] } = {
    inputs: ['What the playbook takes: entities of the alert, else the least that it allows. Change it first.'],
    answers: [
      'What tools that only look return for exactly these arguments: the least that their catalogs',
      'allow, which says nothing of this alert. Change each "output" to what your tool would say.',
      ...(onEvents.length === 0
        ? []
        : [
            'Event data that "events" names answers for these, once their answers here are deleted:',
            onEvents.join(', '),
          ]),
    ],
    approvals: ['Holders of the roles approve whatever they are shown, in order. Try "reject" and "silence", too.'],
    tasks: ['What people report for manual steps: the least that fits. Change each "output".'],
  };
  visit(document, {
    Pair(_, { key }, path) {
      // The keys of the case itself: below the document and its map.
      if (path.length !== 2 || !isScalar(key)) return;
      const lines = said[String(key.value)];
      if (lines) spaced(key, commentOf(lines));
    },
  });
  const answers = document.get('answers');
  for (const answer of isSeq(answers) ? answers.items : []) {
    if (!isMap(answer)) continue;
    const schema = outputOf(String(answer.get('tool')));
    const output = answer.get('output', true);
    if (schema && isMap(output)) nameChoices(output.items, schema);
  }
  return document.toString({ lineWidth: 0 });
}

/** Has the members of an answer name what else they can be. */
function nameChoices(
  members: readonly { readonly key: unknown; readonly value: unknown }[],
  { properties }: JsonSchema,
): void {
  for (const { key, value } of members) {
    const name = isScalar(key) ? String(key.value) : '';
    const schema = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!schema) continue;
    if (isMap(value)) nameChoices(value.items, schema);
    if (!isScalar(value) || !schema.enum) continue;
    const others = schema.enum.filter((one) => one !== value.value).map(String);
    if (others.length > 0 && others.length <= MOST_CHOICES) value.comment = commentOf([`or ${others.join(', ')}`]);
  }
}

/** More than this nobody reads behind a value. */
const MOST_CHOICES = 8;

function spaced(key: Node, comment: string): void {
  key.spaceBefore = true;
  key.commentBefore = comment;
}

/** Names in it come from files: none may end the comment, or hide what is in it. */
function commentOf(lines: readonly string[]): string {
  return lines.map((line) => ` ${visible(line.replace(/[\n\t]/g, ' '))}`.trimEnd()).join('\n');
}
