import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The address at which the server shows a workbench that does what a desktop command line asks.
 * @param {string} authority `host:port` of the server
 * @param {ReturnType<typeof import('./command-line.mjs').parseCommandLine>} commandLine
 * @param {Record<string, string>} environment variables for the extension host
 * @returns {string}
 */
export function pageAddress(authority, commandLine, environment = {}) {
  const remote = (place) => `vscode-remote://${authority}${encodeURI(toPath(place))}`;
  const payload = [];
  for (const place of commandLine.all('extensionDevelopmentPath'))
    payload.push(['extensionDevelopmentPath', remote(place)]);
  for (const kind of commandLine.all('extensionDevelopmentKind')) payload.push(['extensionDevelopmentKind', kind]);
  const tests = commandLine.flag('extensionTestsPath');
  if (tests !== undefined) payload.push(['extensionTestsPath', remote(resolveModule(tests))]);
  payload.push(['extensionEnvironment', JSON.stringify(environment)]);
  if (commandLine.has('skip-welcome')) payload.push(['skipWelcome', 'true']);
  if (commandLine.has('skip-release-notes')) payload.push(['skipReleaseNotes', 'true']);
  if (commandLine.has('disable-extensions')) payload.push(['disableExtensions', 'true']);

  const existing = commandLine.paths.filter((place) => existsSync(place));
  const isWorkspace = (place) => statSync(place).isDirectory() || place.endsWith('.code-workspace');
  for (const file of existing.filter((place) => !isWorkspace(place))) payload.push(['openFile', remote(file)]);

  const opened = commandLine.flag('folder-uri') ?? existing.find(isWorkspace);
  const query = new URLSearchParams();
  if (opened === undefined) query.set('ew', 'true');
  else query.set(opened.endsWith('.code-workspace') ? 'workspace' : 'folder', toPath(opened));
  query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query}`;
}

/** The desktop takes a folder or a path without its ending, as `require` does. */
function resolveModule(place) {
  const file = toPath(place);
  if (existsSync(file) && !statSync(file).isDirectory()) return file;
  return createRequire(import.meta.url).resolve(file);
}

function toPath(place) {
  return place.startsWith('file:') ? fileURLToPath(place) : path.resolve(place);
}
