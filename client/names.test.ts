import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { COMMANDS, FILE_PATTERNS, isOurFile, SECTION, SETTINGS, TRACE_EDITOR, VIEWS } from './names.js';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly description: string; readonly media: Readonly<Record<string, string>> }[];
    }[];
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> };
    readonly configurationDefaults: { readonly 'files.associations': Readonly<Record<string, string>> };
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly restrictedConfigurations: readonly string[] };
  };
}

const manifest: Manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const { contributes } = manifest;

/** Whether a file of the package is there, in a folder that is shipped. */
function isShipped(file: string): boolean {
  return file.startsWith('docs/') && existsSync(new URL(`../../${file}`, import.meta.url));
}

describe('What VS Code is told about the extension', () => {
  it('are exactly its commands', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(COMMANDS).sort());
    assert.ok(contributes.commands.every(({ category }) => category === 'Countersign'));
    const inMenus = Object.values(contributes.menus).flat();
    assert.ok(inMenus.every(({ command }) => Object.values<string>(COMMANDS).includes(command)));
  });

  it('offers in the palette no command that needs to be told about what', () => {
    const hidden = contributes.menus.commandPalette?.filter(({ when }) => when === 'false') ?? [];
    assert.ok(hidden.some(({ command }) => command === COMMANDS.openTestTrace));
  });

  it('are exactly its settings, none of which holds a key', () => {
    const ours = Object.values(SETTINGS).map((name) => `${SECTION}.${name}`);
    assert.deepEqual(Object.keys(contributes.configuration.properties).sort(), ours.sort());
    assert.ok(!ours.some((name) => /key|secret|token/i.test(name)));
  });

  it('is that a workspace nobody trusts decides nothing', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    const open = Object.entries(contributes.configuration.properties)
      .filter(([name, { scope }]) => scope !== 'machine' && !restrictedConfigurations.includes(name))
      .map(([name]) => name);
    assert.deepEqual(open, []);
  });

  it('are exactly its views, each with words for when it is empty', () => {
    const ids = contributes.views.countersign?.map(({ id }) => id);
    assert.deepEqual(ids, Object.values(VIEWS));
    for (const view of Object.values(VIEWS))
      assert.ok(
        contributes.viewsWelcome.some((one) => one.view === view),
        view,
      );
    const [container] = contributes.viewsContainers.activitybar;
    assert.equal(container?.id, 'countersign');
    assert.ok(isShipped(container?.icon ?? ''));
  });

  it('are a walkthrough and welcomes that lead to commands and pictures that are there', () => {
    const steps = contributes.walkthroughs.flatMap((one) => one.steps);
    assert.equal(steps.length, 4);
    for (const { media } of steps)
      for (const file of [media.image, media.markdown]) assert.ok(!file || isShipped(file), file);
    const texts = [
      ...steps.map(({ description }) => description),
      ...contributes.viewsWelcome.map((one) => one.contents),
    ];
    const named = texts.flatMap((text) =>
      [...text.matchAll(/command:(?:toSide:)?([\w.]+)/g)].map(([, name = '']) => name),
    );
    const known: readonly string[] = [
      ...Object.values(COMMANDS),
      ...Object.values(VIEWS).map((view) => `${view}.focus`),
    ];
    const foreign = named.filter((name) => !known.includes(name));
    assert.deepEqual([...new Set(foreign)], ['vscode.openFolder']);
  });

  it('is which files are its own', () => {
    assert.deepEqual(
      contributes.customEditors.map(({ viewType }) => viewType),
      [TRACE_EDITOR],
    );
    const associations = contributes.configurationDefaults['files.associations'];
    assert.deepEqual(associations, Object.fromEntries(FILE_PATTERNS.map((pattern) => [pattern, 'yaml'])));
    assert.equal(isOurFile('/w/a.playbook.yaml'), true);
    assert.equal(isOurFile('/w/countersign.config.yaml'), true);
    assert.equal(isOurFile('/w/my-countersign.config.yaml'), false);
    assert.equal(isOurFile('/w/playbook.yaml'), false);
  });
});
