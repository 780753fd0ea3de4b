import { userInfo } from 'node:os';
import { type Uri, workspace } from 'vscode';
import type { ModelProvider } from '../runner/protocol/messages.js';
import { SECTION, SETTINGS } from './names.js';

export interface DryRunSettings {
  readonly model: ModelProvider;
  /** Model id for Claude; empty for the runner's default. */
  readonly modelId: string;
  /** Who the person says they are. */
  readonly user: string;
  /** Relative to the workspace folder, or absolute. */
  readonly tracesFolder: string;
  /** Whether traces name the alert's people as they are, or by tokens that can be erased. */
  readonly personalData: 'keep' | 'commit';
}

/** The person's settings for a file. */
export function dryRunSettings(scope: Uri): DryRunSettings {
  const settings = workspace.getConfiguration(SECTION, scope);
  const user = settings.get<string>(SETTINGS.user, '').trim();
  const model = settings.get<string>(SETTINGS.model, 'rehearsal');
  return {
    model: model === 'claude' || model === 'scripted' ? model : 'rehearsal',
    modelId: settings.get<string>(SETTINGS.modelId, '').trim(),
    user: user === '' ? accountName() : user,
    personalData: settings.get<string>(SETTINGS.personalData) === 'commit' ? 'commit' : 'keep',
    tracesFolder: settings.get<string>(SETTINGS.tracesFolder, '').trim() || 'traces',
  };
}

/** An account without a name in the user database is possible in a container. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
