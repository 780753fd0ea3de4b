import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { Uri, workspace } from 'vscode';
import type { ModelProvider } from '../runner/protocol/messages.js';
import type { Json } from '../runner/protocol/trace.js';
import { SECTION, SETTINGS } from './names.js';

export interface DryRunSettings {
  readonly model: ModelProvider;
  /** Model id for Claude; empty for the runner's default. */
  readonly modelId: string;
  /** Empty for the model's own. */
  readonly effort: string;
  /** As written; the runner checks it. */
  readonly prices: Json;
  /** Who the person says they are. */
  readonly user: string;
  /** Whole path of the file of live servers; empty without one. Never a folder's own setting. */
  readonly liveServers: string;
  /** Whether traces name the alert's people as they are, or by tokens that can be erased. */
  readonly personalData: 'keep' | 'commit';
}

const PROVIDERS: readonly ModelProvider[] = ['rehearsal', 'scripted', 'adversary', 'claude', 'record', 'replay'];

/** The person's settings for a file. */
export function dryRunSettings(scope: Uri): DryRunSettings {
  const settings = workspace.getConfiguration(SECTION, scope);
  const user = settings.get<string>(SETTINGS.user, '').trim();
  const model = settings.get<string>(SETTINGS.model, 'rehearsal');
  return {
    model: PROVIDERS.find((one) => one === model) ?? 'rehearsal',
    modelId: settings.get<string>(SETTINGS.modelId, '').trim(),
    effort: settings.get<string>(SETTINGS.effort, ''),
    prices: settings.get<Json>(SETTINGS.prices, {}),
    user: user === '' ? accountName() : user,
    liveServers: settings.get<string>(SETTINGS.liveServers, '').trim(),
    personalData: settings.get<string>(SETTINGS.personalData) === 'commit' ? 'commit' : 'keep',
  };
}

/** Where the traces of a workspace folder go; of a playbook outside of one, of the folder it lies in. */
export function tracesFolder(home: Uri): Uri {
  const folder = workspace.getConfiguration(SECTION, home).get<string>(SETTINGS.tracesFolder, '').trim() || 'traces';
  return isAbsolute(folder) ? Uri.file(folder) : Uri.joinPath(home, folder);
}

/** An account without a name in the user database is possible in a container. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
