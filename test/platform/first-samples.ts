import { cpSync } from 'node:fs';
import path from 'node:path';
import { repository } from './repository.js';

/** The samples that tests work with whose results would change with every further one: lists, menus, renamed files. */
const FIRST = ['contain-host', 'endpoint-malware', 'identity-takeover', 'phishing-triage', 'quiet-beacon'];
const FOLDERS = ['alerts', 'cases', 'catalogs', 'context', 'events', 'policies', 'traces'];

/**
 * Whether a file of playbooks/, or a folder there, belongs to the first samples. Those have what goes with them in the folders
 * themselves, and one policy.
 * @param file relative to playbooks/, with `/`
 */
export function isOfFirstSamples(file: string): boolean {
  const [folder = '', name, ...below] = file.split('/');
  if (name === undefined)
    return folder === '' || FOLDERS.includes(folder) || FIRST.some((one) => folder.startsWith(`${one}.`));
  if (!FOLDERS.includes(folder)) return false;
  if (folder === 'policies') return name.startsWith('default.');
  return below.length === 0 && name.includes('.');
}

/** Copies them into a folder that is made. */
export function copyFirstSamples(to: string): void {
  const from = path.join(repository, 'playbooks');
  const filter = (file: string): boolean => isOfFirstSamples(path.relative(from, file).split(path.sep).join('/'));
  cpSync(from, to, { recursive: true, filter });
}
