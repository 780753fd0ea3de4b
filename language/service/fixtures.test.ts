import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { type NamedFile, readNames } from './named-file.js';
import { openSource, type SourceFile } from './source-file.js';
import { type World, worldOf } from './world.js';

/** A small world for the service tests: a catalog, a policy and playbooks written with `|` where the cursor is. */
export const PLAYBOOK_URI = 'file:///soc/demo.playbook.yaml';
export const CATALOG_URI = 'file:///soc/catalogs/soc.tools.yaml';
export const POLICY_URI = 'file:///soc/default.policy.yaml';

export const CATALOG = `catalog: soc
tools:
  intel.domain_reputation:
    description: Asks the reputation of a domain.
    effect: read
    input: { domain: { type: string, x-entity: domain, description: The domain to look up. } }
    output: { score: { type: number, description: From 0 to 100. }, verdict: { enum: [good, bad] } }
  identity.suspend:
    description: Disables sign-in for an account.
    effect: contain
    reversible: true
    undo: identity.restore
    target: user
    input:
      user: { type: string, x-entity: user }
      mode: { enum: [soft, hard], optional: true }
    output: { state: { type: string } }
  identity.restore:
    description: Lets an account sign in again.
    effect: restore
    reversible: true
    input: { user: { type: string, x-entity: user } }
    output: { state: { type: string } }
`;

export const POLICY = `policy: default
roles:
  analyst: [ana@soc.example, bo@soc.example]
  incident-commander: [cy@soc.example]
  nobody: []
ceilings:
  - { effect: contain, autonomy: approve }
`;

export const HEADER = `playbook: demo
version: 1.0.0
title: Demo
operating-model: ai-soc
owner: detection
accountable: incident-commander
catalogs: [catalogs/soc.tools.yaml]
policy: default.policy.yaml
trigger: { class: detection_finding }
budget: { turns: 10 }
`;

export const HOST: FileHost = {
  read: (uri) => (uri === CATALOG_URI ? CATALOG : uri === POLICY_URI ? POLICY : undefined),
};

export interface Cursor {
  readonly source: SourceFile;
  readonly offset: number;
}

/** Opens a text with one `|` in it, which marks the cursor and is taken out. */
export function cursorIn(marked: string, uri = PLAYBOOK_URI): Cursor {
  const offset = marked.indexOf('|');
  assert.ok(offset >= 0 && marked.indexOf('|', offset + 1) < 0, 'the fixture has exactly one cursor');
  const source = openSource(uri, marked.replace('|', ''), HOST);
  assert.ok(source);
  return { source, offset };
}

/** A playbook whose steps are given, indented by two. */
export function inSteps(steps: string): Cursor {
  return cursorIn(`${HEADER}steps:\n${steps}`);
}

/** The names of a file and the world around it: files of `host` are found when they are referred to, `others` by searches, too. */
export function namesIn(
  source: SourceFile,
  host: FileHost = HOST,
  others: readonly string[] = [],
): { readonly file: NamedFile; readonly world: World } {
  const file = source.names();
  const read = (uri: string): NamedFile | undefined => {
    const text = host.read(uri);
    return text === undefined ? undefined : readNames(uri, text);
  };
  const files = others.filter((uri) => uri !== file.uri).flatMap((uri) => read(uri) ?? []);
  return { file, world: worldOf([file, ...files], read) };
}
