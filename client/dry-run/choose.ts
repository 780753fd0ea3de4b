import { basename, isAbsolute } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import type { ModelProvider } from '../../runner/protocol/messages.js';
import type { TraceEvents } from '../../runner/protocol/trace.js';
import type { CaseItem } from '../../server/protocol/requests.js';
import { isPlaybook } from '../names.js';
import { complain, warn } from '../notify.js';
import { pick } from '../pick.js';
import { plain } from '../plain.js';

/** The playbook a dry run is about: the one given, the only one in view, or one the person picks. */
export async function choosePlaybook(given: Uri | undefined): Promise<Uri | undefined> {
  if (given !== undefined && isPlaybook(given.path)) return given;
  const shown = window.activeTextEditor?.document.uri;
  if (shown !== undefined && isPlaybook(shown.path)) return shown;
  // What has the focus may be a view, a trace or the walkthrough beside it.
  const [seen, ...more] = window.visibleTextEditors.flatMap(({ document: { uri } }) =>
    isPlaybook(uri.path) ? [uri] : [],
  );
  if (seen !== undefined && more.length === 0) return seen;
  const found = await workspace.findFiles('**/*.playbook.yaml', '**/node_modules/**', 1000);
  if (found.length === 0) {
    warn(
      'There is no playbook in this workspace. A playbook is a file named *.playbook.yaml; open a folder that has one, or write one.',
    );
    return undefined;
  }
  if (found.length === 1) return found[0];
  const picked = await pick(
    found
      .map((uri) => ({ label: basename(uri.path), description: workspace.asRelativePath(uri), uri }))
      .sort((a, b) => a.label.localeCompare(b.label)),
    { title: 'Dry-run which playbook?', matchOnDescription: true },
  );
  return picked?.uri;
}

/**
 * The sample alert to run it on. With none, the person is told so.
 * @param write writes the playbook's first case, if that is what they choose
 */
export async function chooseCase(
  playbook: Uri,
  cases: readonly CaseItem[],
  write: () => Promise<void>,
): Promise<CaseItem | undefined> {
  if (cases.length === 0) {
    const create = 'Write a Case…';
    const chosen = await warn(
      `No case in this workspace is for "${basename(playbook.path)}". A dry run needs one: an alert, and what answers for tools and people. A first one can be written for you, with made-up answers.`,
      create,
    );
    if (chosen === create) await write();
    return undefined;
  }
  const picked = await pick(
    cases.map((item) => ({
      label: item.title || item.id,
      description: basename(Uri.parse(item.uri).path),
      detail: item.description,
      item,
    })),
    {
      title: `Dry-run ${basename(playbook.path)} on which alert?`,
      placeHolder: 'Consequential tools are simulated; nothing is changed anywhere',
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  return picked?.item;
}

/**
 * Who answers the agent steps. Claude, recorded or not, is asked about in every single run, because alert and evidence
 * then leave the machine; `undefined` when the person chose to run nothing. `runs` of them are started at once.
 */
export async function chooseModel(setting: ModelProvider, runs = 1): Promise<ModelProvider | undefined> {
  if (setting !== 'claude' && setting !== 'record') return setting;
  const picked = await pick(
    [
      {
        label: 'Rehearsal (stays on this machine)',
        detail: 'A deterministic stand-in, not AI: works the granted tools and answers by simple rules.',
        model: 'rehearsal' as const,
      },
      {
        label:
          setting === 'record'
            ? 'Claude, recorded (sends alert and evidence to Anthropic)'
            : 'Claude (sends alert and evidence to Anthropic)',
        detail:
          setting === 'record'
            ? 'Alert, tool answers, goals and examples leave this machine; it costs money. All is kept beside the trace, unredacted.'
            : 'Alert, tool answers, goals and examples of agent steps leave this machine, and it costs money.',
        model: setting,
      },
    ],
    {
      title:
        runs === 1 ? 'Who answers the agent steps in this run?' : `Who answers the agent steps in these ${runs} runs?`,
      ignoreFocusOut: true,
    },
  );
  return picked?.model;
}

/**
 * Whether live servers may answer tools that only read. Asked about in every single run, because what those tools are asked
 * then leaves for the servers: the path of their file, or empty without; `undefined` when the person chose to run nothing.
 */
export async function chooseLive(setting: string): Promise<string | undefined> {
  if (setting === '') return '';
  if (!isWhole(setting)) return undefined;
  const picked = await pick(
    [
      { label: 'Recorded answers and event data (stays on this machine)', detail: 'No server is reached.', file: '' },
      {
        label: `Live servers of ${basename(setting)}`,
        detail:
          'Starts or reaches the servers there; arguments of tools that only read are sent to them. The rest stays simulated.',
        file: setting,
      },
    ],
    { title: 'What answers tools that only read in this run?', ignoreFocusOut: true },
  );
  return picked?.file;
}

/**
 * The file of the live servers for a run that goes on and was started with these; empty for one without, `undefined` when
 * the person chose not to go on, or has no file set. What the tools are asked leaves for the servers again.
 */
export async function chooseLiveAgain(setting: string, servers: readonly LiveServer[]): Promise<string | undefined> {
  if (servers.length === 0) return '';
  if (setting === '') {
    const names = servers.map(({ server }) => `"${server}"`).join(', ');
    complain(
      `The run asked the live servers ${plain(names, 300)}, and goes on with them only. Set "countersign.liveServers" to the whole path of the file that names them.`,
    );
    return undefined;
  }
  if (!isWhole(setting)) return undefined;
  const asked = servers.map(
    ({ server, address, tools }) => `${tools.map(({ tool }) => tool).join(', ')} of "${server}", ${address}`,
  );
  const picked = await pick(
    [
      { label: 'Do not go on', detail: 'No server is reached, and the trace stays as it is.', file: undefined },
      {
        label: `Go on with the live servers of ${basename(setting)}`,
        detail: plain(`Asks ${asked.join('; ')}. The rest stays simulated.`, 400),
        file: setting,
      },
    ],
    { title: 'Go on with a run that asks live servers?', ignoreFocusOut: true },
  );
  return picked?.file;
}

type LiveServer = NonNullable<TraceEvents['run.opened']['live']>[number];

/** Whether a setting is a whole path; if not, the person is told. */
function isWhole(setting: string): boolean {
  if (isAbsolute(setting)) return true;
  complain(
    `"countersign.liveServers" must be a whole path, not "${setting}": nothing of the open folder may decide which programs are started.`,
  );
  return false;
}

/**
 * The recording a run makes, beside its trace, or plays, which the person picks; `undefined` when there is none to play.
 * `''` where the model has nothing to do with one.
 */
export async function chooseRecording(model: ModelProvider, trace: Uri): Promise<string | undefined> {
  if (model === 'record') return trace.fsPath.replace(/\.trace\.jsonl$/, '.exchange.jsonl');
  if (model !== 'replay') return '';
  const picked = await window.showOpenDialog({
    title: 'Play back which recording?',
    openLabel: 'Play Back',
    defaultUri: Uri.joinPath(trace, '..'),
    filters: { Recordings: ['jsonl'] },
  });
  return picked?.[0]?.fsPath;
}
