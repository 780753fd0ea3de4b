import { basename, dirname, join } from 'node:path';
import {
  type Disposable,
  EventEmitter,
  type LogOutputChannel,
  QuickPickItemKind,
  Range,
  Selection,
  type TextEditor,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { ALERT_TRUTHS, type FeedbackParams, type FeedbackReply } from '../../runner/protocol/feedback.js';
import { REVIEW_SCHEME } from '../names.js';
import { complain, inform } from '../notify.js';
import { pick } from '../pick.js';
import { feedbackInProcess } from '../runner/runner-process.js';
import { dryRunSettings } from '../settings.js';

type Made = Extract<FeedbackReply, { readonly ok: true }>;
type Ask = (more?: Partial<FeedbackParams>) => Promise<Made | undefined>;

const SUFFIX = '.case.yaml';
/** As the schema of cases has it. */
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Texts that are shown before they are saved: read-only, so that nothing asks to be saved by itself. */
export class ReviewTexts implements Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();
  readonly #provided = workspace.registerTextDocumentContentProvider(REVIEW_SCHEME, {
    onDidChange: this.#changed.event,
    provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
  });

  async show(name: string, text: string): Promise<TextEditor> {
    const uri = Uri.from({ scheme: REVIEW_SCHEME, path: `/${name}` });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    const document = await workspace.openTextDocument(uri);
    return window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
  }

  dispose(): void {
    this.#provided.dispose();
    this.#changed.dispose();
    this.#texts.clear();
  }
}

/**
 * Makes a labelled case of a run in which a person decided otherwise than was proposed, or whose verdict one says is wrong: what
 * `countersign feedback` does, by the same code. The case is shown first, with the personal data in it; nothing is written before
 * somebody looked at that, and no file is ever replaced.
 */
export async function saveAsCase(
  extension: Uri,
  output: LogOutputChannel,
  texts: ReviewTexts,
  trace: Uri | undefined,
): Promise<void> {
  if (trace === undefined) return;
  const judged = await askJudgement(trace);
  if (judged === undefined) return;
  const roots = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const ask: Ask = async (more) => {
    const reply = await feedbackInProcess(extension, output, { trace: trace.fsPath, roots, ...judged, ...more });
    if (reply.ok) return reply;
    complain(reply.message);
    return undefined;
  };
  const first = await ask();
  const out = first && (await askName(first.case));
  const made = first && out !== undefined ? (out === first.case ? first : await ask({ out })) : undefined;
  if (!made || out === undefined) return;
  const saved = await review(made, texts, (save) => ask({ out, save }));
  if (saved === undefined) return;
  const [sample = out, ...others] = saved.files;
  await window.showTextDocument(Uri.file(sample), { preview: false });
  const beside = others.map((file) => basename(file)).join(', ');
  const replaced = saved.values.some(({ instead }) => instead !== undefined);
  inform(
    `Saved as ${basename(sample)}, with ${beside}.${replaced ? ' What context or policy say of a value they do not say of a made-up one: run the case once.' : ''}`,
  );
}

/** What of the run is to be learned from; `undefined` when the person thought better of it. */
async function askJudgement(trace: Uri): Promise<Pick<FeedbackParams, 'verdict' | 'truth'> | undefined> {
  const decided = 'What people decided in the run';
  const picked = await pick(
    [
      {
        label: decided,
        detail: 'What they refused must not run again, what they approved must, what they changed is changed.',
      },
      { label: 'Another verdict', detail: 'Somebody whom the policy names came to another one.' },
    ],
    { title: `What is to be learned from ${basename(trace.path)}?`, ignoreFocusOut: true },
  );
  if (picked === undefined) return undefined;
  if (picked.label === decided) return {};
  const input = (prompt: string, value = ''): Thenable<string | undefined> =>
    window.showInputBox({
      title: 'Another verdict',
      prompt,
      value,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? 'It goes into the case, so it cannot be empty.' : undefined),
    });
  const value = (await input('Which verdict is right? A word of the playbook.'))?.trim();
  if (value === undefined) return undefined;
  const truth =
    ALERT_TRUTHS.find((one) => one === value) ??
    (
      await pick(
        ALERT_TRUTHS.map((label) => ({ label })),
        { title: 'What is the alert really?', ignoreFocusOut: true },
      )
    )?.label;
  if (truth === undefined) return undefined;
  const as = (await input('Who says so, as the policy names you?', dryRunSettings(trace).user))?.trim();
  if (as === undefined) return undefined;
  const reason = (await input('Why?'))?.trim();
  return reason === undefined ? undefined : { verdict: { value, as, reason }, truth };
}

/** Path of the case: beside the run's, by a name that no file has. */
async function askName(suggested: string): Promise<string | undefined> {
  const folder = dirname(suggested);
  const id = basename(suggested).slice(0, -SUFFIX.length);
  const pathOf = (name: string): string => join(folder, `${name}${SUFFIX}`);
  const isFree = (name: string): Promise<boolean> =>
    Promise.resolve(workspace.fs.stat(Uri.file(pathOf(name)))).then(
      () => false,
      () => true,
    );
  const name = await window.showInputBox({
    title: 'Save as labelled case',
    prompt: `The name of the case. It goes to ${workspace.asRelativePath(folder)}.`,
    value: id,
    ignoreFocusOut: true,
    validateInput: async (text) => {
      if (!ID.test(text)) return 'Small letters, digits and single hyphens, beginning with a letter.';
      return (await isFree(text)) ? undefined : 'There is a case of that name, and none is ever written over.';
    },
  });
  return name === undefined ? undefined : pathOf(name);
}

/** Shows what would be written until the person says how it is saved, or not at all. */
async function review(
  made: Made,
  texts: ReviewTexts,
  save: (how: NonNullable<FeedbackParams['save']>) => Promise<Made | undefined>,
): Promise<Made | undefined> {
  const keep = { label: 'Save it as it is', detail: 'You have looked at it: what it says of people stays in it.' };
  const replace = {
    label: 'Save it with made-up values',
    detail: 'What is listed below is replaced, the same everywhere in case, alert and event data.',
  };
  for (let now = made; ; ) {
    const { values, people, code } = now;
    const name = basename(now.case).slice(0, -SUFFIX.length);
    const editor = await texts.show(`Review of ${name}.yaml`, reviewText(now));
    const items = values.map(({ type, value, places }) => ({
      label: value,
      description: `${type}, in ${places.join(', ')}`,
      value,
    }));
    const stay = people.map((person) => ({
      label: person,
      description: 'decided; stays, because the policy names them',
      value: person,
    }));
    const listed = {
      label:
        values.length === 0
          ? 'No personal data was found'
          : `${values.length} ${values.length === 1 ? 'value is' : 'values are'} personal data`,
      kind: QuickPickItemKind.Separator,
    };
    const picked = await pick([...(values.length > 0 ? [replace] : []), keep, listed, ...items, ...stay], {
      title: `Nothing is written yet. Read ${name}: names in running text are not found`,
      placeHolder: 'Choose a value to see where it stands, or how to save',
      ignoreFocusOut: true,
      matchOnDescription: true,
    });
    if (picked === undefined) return undefined;
    if ('value' in picked) {
      reveal(editor, picked.value);
      continue;
    }
    if (picked.label === replace.label) return save({ how: 'pseudonymized' });
    const saved = await save({ how: 'seen', code });
    if (!saved?.stale) return saved;
    complain('What the case is made of has changed meanwhile. Look at it again.');
    now = saved;
  }
}

function reviewText({ shown, events }: Made): string {
  const head = [
    '# What would be saved. Nothing is written yet, and this text cannot be changed.',
    ...(events.length === 0 ? [] : [`# Event data would be copied beside it: ${events.join(', ')}.`]),
  ];
  return [...head, ...shown.flatMap(({ name, text }) => [`\n# ${name}\n`, text.trimEnd()])].join('\n');
}

/** Selects the next place of a value, from the one that is selected. */
function reveal(editor: TextEditor, value: string): void {
  const { document } = editor;
  const text = document.getText();
  const from = document.offsetAt(editor.selection.end);
  const after = text.indexOf(value, from);
  const at = after >= 0 ? after : text.indexOf(value);
  if (at < 0) return;
  const range = new Range(document.positionAt(at), document.positionAt(at + value.length));
  editor.selection = new Selection(range.start, range.end);
  // Its line from the beginning: the value is short, and what stands before it tells what it is.
  editor.revealRange(new Range(range.start.line, 0, range.start.line, 0), TextEditorRevealType.InCenter);
}
