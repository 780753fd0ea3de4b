import { type SecretStorage, window } from 'vscode';
import { API_KEY_SECRET } from './names.js';
import { inform } from './notify.js';

/** Asks for the key and keeps it in SecretStorage; resolves with it, or `undefined` when the person gave none. */
export async function askApiKey(secrets: SecretStorage): Promise<string | undefined> {
  const key = await window.showInputBox({
    title: 'Anthropic API key',
    prompt:
      'Kept in the secret storage of your system, never in settings. Used only for dry runs in which you choose Claude.',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\S{8,}$/.test(text.trim()) ? undefined : 'A key is one word of at least 8 characters.'),
  });
  if (key === undefined) return undefined;
  await secrets.store(API_KEY_SECRET, key.trim());
  inform('The Anthropic API key is stored in the secret storage of your system.');
  return key.trim();
}

export async function clearApiKey(secrets: SecretStorage): Promise<void> {
  const had = (await secrets.get(API_KEY_SECRET)) !== undefined;
  await secrets.delete(API_KEY_SECRET);
  const environment = environmentKey() === undefined ? '' : ' ANTHROPIC_API_KEY is still set in the environment.';
  inform(`${had ? 'The Anthropic API key was removed.' : 'No Anthropic API key was stored.'}${environment}`);
}

/** The key a run with Claude uses: the stored one, else the environment's, else the person is asked. */
export async function apiKey(secrets: SecretStorage): Promise<string | undefined> {
  return (await secrets.get(API_KEY_SECRET)) ?? environmentKey() ?? askApiKey(secrets);
}

function environmentKey(): string | undefined {
  const key = process.env.ANTHROPIC_API_KEY?.trim();
  return key === '' ? undefined : key;
}
