import { resolveReference } from '../host.js';
import type { CallSite, NamedFile } from './named-file.js';
import type { Home, Occurrence, OccurrenceKind, Owner } from './occurrence.js';

/** The files that names can lead to. */
export interface World {
  /** The files that are searched: all of the workspace, or those that are known without a search. */
  readonly files: readonly NamedFile[];
  /** Any file of ours, found or not by a search. */
  file(uri: string): NamedFile | undefined;
  /** The same for every spelling of a URI. */
  key(uri: string): string;
  /** The playbooks of an id: one, if all is well. */
  playbooksNamed(id: string): readonly NamedFile[];
  /** The playbooks under a policy, and its tests. */
  playbooksUnder(policyUri: string): readonly NamedFile[];
  /** The catalogs that describe a tool. */
  catalogsWith(tool: string): readonly NamedFile[];
}

/** The world of some files. `read` answers for those that are not among them; `key` is one spelling for a URI. */
export function worldOf(
  files: readonly NamedFile[],
  read: (uri: string) => NamedFile | undefined,
  key: (uri: string) => string = (uri) => uri,
): World {
  const byUri = new Map(files.map((file) => [key(file.uri), file]));
  const playbooks = grouped(files, ({ kind, id }) => (kind === 'playbook' && id ? [id.value] : []));
  const under = grouped(files, ({ policy }) => (policy === undefined ? [] : [key(policy)]));
  const describing = grouped(files, ({ tools }) => tools);
  return {
    files,
    file: (uri) => byUri.get(key(uri)) ?? read(uri),
    key,
    playbooksNamed: (id) => playbooks.get(id) ?? [],
    playbooksUnder: (uri) => under.get(key(uri)) ?? [],
    catalogsWith: (tool) => describing.get(tool) ?? [],
  };
}

function grouped(
  files: readonly NamedFile[],
  keysOf: (file: NamedFile) => Iterable<string>,
): ReadonlyMap<string, readonly NamedFile[]> {
  const groups = new Map<string, NamedFile[]>();
  for (const file of files) {
    for (const key of keysOf(file)) {
      const group = groups.get(key);
      if (group) group.push(file);
      else groups.set(key, [file]);
    }
  }
  return groups;
}

/** What a name means: the thing of a kind and name that one file declares. */
export interface Meaning {
  readonly kind: OccurrenceKind;
  readonly name: string;
  readonly of: Owner | undefined;
  /** The file that declares it, or would. */
  readonly file: NamedFile;
}

/**
 * What a name of `file` means. None when it leads nowhere; several when it can be read in several ways: a tool in a policy
 * whose playbooks use catalogs that both describe it, or an id that two playbooks have.
 */
export function meaningsOf(file: NamedFile, { kind, name, of, home, declares }: Occurrence, world: World): Meaning[] {
  const at = (files: readonly NamedFile[]): Meaning[] => files.map((one) => ({ kind, name, of, file: one }));
  if (declares) return at([file]);
  switch (kind) {
    case 'playbook':
      return at(world.playbooksNamed(name));
    case 'role':
      if (file.kind === 'policy') return at([file]);
      return at(homesOf(file, home, world).flatMap((one) => fileAt(one.policy, world)));
    case 'tool':
      return at(catalogsOf(file, name, world));
    case 'output':
    case 'argument':
      return at(of?.kind === 'tool' ? catalogsOf(file, of.name, world) : homesOf(file, home, world));
    case 'step':
    case 'tag':
      if (file.kind === 'policy_test') return at(fileAt(file.policy, world));
      return at(homesOf(file, home, world));
    case 'input':
    case 'item':
    case 'context':
      return at(homesOf(file, home, world));
    case 'file':
      return [];
  }
}

/** Whether two names of whatever files mean the same. */
export function isSame(one: Meaning, other: Meaning, world: World): boolean {
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    isSameOwner(one.of, other.of) &&
    world.key(one.file.uri) === world.key(other.file.uri)
  );
}

export function isSameOwner(one: Owner | undefined, other: Owner | undefined): boolean {
  return (
    one === other ||
    (one?.kind === other?.kind && one?.name === other?.name && one?.members.join('/') === other?.members.join('/'))
  );
}

function fileAt(uri: string | undefined, world: World): readonly NamedFile[] {
  const found = uri === undefined ? undefined : world.file(uri);
  return found ? [found] : [];
}

/** The playbook in which a name means something: this file unless it says so. */
function homesOf(file: NamedFile, home: Home | undefined, world: World): readonly NamedFile[] {
  if (!home) return [file];
  if (home.kind === 'file') return fileAt(resolveReference(file.uri, home.file), world);
  return world.playbooksNamed(home.id).flatMap((one) => {
    const target = downCalls(one, home.calls, world);
    return target ? [target] : [];
  });
}

function downCalls(file: NamedFile, calls: readonly string[], world: World): NamedFile | undefined {
  let at: NamedFile | undefined = file;
  for (const id of calls) {
    const call: CallSite | undefined = at?.calls.find(({ step }) => step.value === id);
    at = call && world.file(call.uri);
  }
  return at;
}

/** The catalogs a file means when it names a tool. Where nothing says which, any that describes it. */
function catalogsOf(file: NamedFile, tool: string, world: World): readonly NamedFile[] {
  switch (file.kind) {
    case 'playbook':
    case 'policy_test':
      return own(file, tool, world);
    case 'tools': {
      if (file.tools.has(tool)) return [file];
      const beside = world.files.filter(({ catalogs }) =>
        catalogs.some((one) => world.key(one) === world.key(file.uri)),
      );
      return among(beside, tool, world);
    }
    case 'policy':
      return among(world.playbooksUnder(file.uri), tool, world);
    case 'case':
      return among(
        world.playbooksNamed(file.casePlaybook ?? '').flatMap((one) => [...withCalled(one, world)]),
        tool,
        world,
      );
    case 'mapping':
    case 'config':
      return [];
  }
}

function among(playbooks: readonly NamedFile[], tool: string, world: World): readonly NamedFile[] {
  const found = new Set(playbooks.flatMap((one) => own(one, tool, world)));
  return found.size > 0 ? [...found] : world.catalogsWith(tool);
}

/** The first of a playbook's catalogs that describes a tool: as the check reads it. */
function own(playbook: NamedFile, tool: string, world: World): readonly NamedFile[] {
  for (const uri of playbook.catalogs) {
    const catalog = world.file(uri);
    if (catalog?.tools.has(tool)) return [catalog];
  }
  return [];
}

/** A playbook and those it calls, each once. */
export function withCalled(playbook: NamedFile, world: World): ReadonlySet<NamedFile> {
  const found = new Set([playbook]);
  // A set can be added to while it is gone over.
  for (const one of found) {
    for (const { uri } of one.calls) {
      const callee = world.file(uri);
      if (callee?.kind === 'playbook') found.add(callee);
    }
  }
  return found;
}
