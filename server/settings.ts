import { DidChangeConfigurationNotification } from 'vscode-languageserver/node';
import type { HintChoice } from '../language/service/inlay-hints.js';
import type { ServerContext } from './context.js';

/** Below this the client keeps our settings. */
const SECTION = 'countersign';

/** What a person wants shown beside the text. */
export interface Settings {
  readonly inlayHints: HintChoice;
  readonly codeLens: boolean;
}

export interface SettingsReader {
  /** The settings as they are now; what the client does not say is shown. Never rejects. */
  readonly current: () => Promise<Settings>;
  /** Asks to be told of changes; call it once the client is initialized. */
  readonly listen: () => void;
}

/**
 * The person's settings: asked for where the client answers `workspace/configuration`, and else as it sends them with
 * `workspace/didChangeConfiguration`. `changed` is called after each change.
 */
export function createSettings({ connection, client }: ServerContext, changed: () => void): SettingsReader {
  let settings: Promise<Settings> | undefined;
  connection.onDidChangeConfiguration(({ settings: sent }) => {
    const own: unknown = memberOf(sent, SECTION);
    settings = client().capabilities.workspace?.configuration ? undefined : Promise.resolve(settingsFrom(own));
    changed();
  });
  return {
    current: () => {
      settings ??= client().capabilities.workspace?.configuration
        ? connection.workspace.getConfiguration(SECTION).then(settingsFrom, () => settingsFrom(undefined))
        : Promise.resolve(settingsFrom(undefined));
      return settings;
    },
    listen: () => {
      if (!client().capabilities.workspace?.didChangeConfiguration?.dynamicRegistration) return;
      connection.client
        .register(DidChangeConfigurationNotification.type, { section: SECTION })
        .catch(() => connection.console.warn('Changes of settings will not be seen.'));
    },
  };
}

function settingsFrom(sent: unknown): Settings {
  const hints = memberOf(sent, 'inlayHints');
  return {
    inlayHints: {
      autonomy: memberOf(hints, 'autonomy') !== false,
      approver: memberOf(hints, 'approver') !== false,
      types: memberOf(hints, 'types') !== false,
    },
    codeLens: memberOf(sent, 'codeLens') !== false,
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
