import assert from 'node:assert/strict';
import { EXAMPLE_HEAD } from '../../language/index.js';
import { Folder } from '../command.test.js';

const WORKFLOW = `name: Contain
triggers:
  - type: alert
steps:
  - name: look
    type: elasticsearch.search
  - name: isolate
    type: kibana.request
    with: { method: POST, path: /api/endpoint/action/isolate }
  - name: odd
    type: vendor.frobnicate
`;
const PLAYBOOK = (name: string, script: string, ask = ''): string => `name: ${name}
starttaskid: "0"
tasks:
  "0":
    type: start
    nexttasks: { "#none#": ["1"] }
  "1":
    type: ${ask === '' ? 'title' : 'condition'}
    task: { name: "${ask}" }
    nexttasks: { "${ask === '' ? '#none#' : 'Yes'}": ["2"] }
  "2":
    type: ${script.startsWith('run ') ? 'playbook' : 'regular'}
    task: { name: ${script}, ${script.startsWith('run ') ? `playbookName: ${script.slice(4)}` : `script: "|||${script}"`} }
`;

describe('Playbooks of other products on the command line', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({
      'workflow.yaml': WORKFLOW,
      'theirs/ask.yml': PLAYBOOK('Ask', 'core-isolate-endpoint', 'Isolate it?'),
      'theirs/alone.yml': PLAYBOOK('Alone', 'core-isolate-endpoint'),
      'theirs/caller.yml': PLAYBOOK('Caller', 'run Called', 'Go on?'),
      'theirs/called.yml': PLAYBOOK('Called', 'block-ip'),
      'theirs/notes.json': '{ "tasks": ["none"] }',
    });
  });
  afterEach(() => folder.remove());

  it('one is shown as ours are, with the line each act is on', () => {
    const { code, out } = folder.run('boundary', 'workflow.yaml');
    assert.equal(code, 1, out);
    assert.match(
      out,
      /Without a person\n +✗ violated +isolate +kibana\.request POST \/api\/endpoint\/action\/isolate \(contain\) .* workflow\.yaml:7\n/,
    );
    assert.match(out, /\? unknown +odd +vendor\.frobnicate \(unknown\) .* workflow\.yaml:10\n/);
    assert.match(out, /path: look → isolate\n/);
    assert.equal(folder.run('boundary', 'theirs/ask.yml').code, 0);
  });

  it('of a folder it is said what acts without a person, each with its place', () => {
    const { code, out } = folder.run('boundary', '.');
    assert.equal(code, 1);
    assert.match(
      out,
      /^5 playbooks \(Cortex XSOAR \/ XSIAM 4, Elastic workflow 1\) with 15 steps\. 1 of them is started by others/,
    );
    assert.match(out, /3 of 5 acts that may change something run without a person/);
    assert.match(out, /2 run only after a person said yes, on every path/);
    assert.match(
      out,
      /contain {2}core-isolate-endpoint {2}1 place\n +theirs\/alone\.yml:13 {2}2 core-isolate-endpoint/,
    );
    assert.match(
      out,
      /Without a person here, decided by one elsewhere\n +core-isolate-endpoint +theirs\/alone\.yml:13 against theirs\/ask\.yml:13/,
    );
  });

  it('of a folder the same is Markdown, in which each place is a link to its line and no name is markup', () => {
    const hostile = 'a](https://x.example) <b>|@all';
    folder.write(
      'theirs/a (1)_javascript:b.yml',
      PLAYBOOK(`'${hostile}'`, 'block-ip').replace('{ name: block-ip', `{ name: '${hostile}'`),
    );
    const { code, out } = folder.run('boundary', 'theirs', '--format', 'markdown');
    assert.equal(code, 1);
    assert.match(out, /^### 5 playbooks &#40;Cortex XSOAR \/ XSIAM 5&#41;/);
    assert.match(out, /\*\*2 of 4 acts that may change something run without a person on at least one path\.\*\*/);
    assert.match(
      out,
      /\| contain \| core-isolate-endpoint \| \[theirs\/alone\.yml:13\]\(theirs\/alone\.yml#L13\) 2 core-isolate-endpoint \|/,
    );
    assert.match(out, /\]\(theirs\/a%20%281%29%5Fjavascript%3Ab\.yml#L13\)/);
    assert.doesNotMatch(out, /https:|<b>|\]\(theirs\/a \(/);
    const columns = out.split('\n').filter((line) => line.startsWith('| contain'));
    for (const line of columns) assert.equal(line.split('|').length, 5, line);
  });

  it('one is Markdown with the line of each act', () => {
    const { out } = folder.run('boundary', 'workflow.yaml', '--format', 'markdown');
    assert.match(out, /\| violated \| isolate \| .* \| \[workflow\.yaml:7\]\(workflow\.yaml#L7\) \|\n/);
  });

  it('as JSON they are objects like ours, with the format and what is not understood', () => {
    const { out } = folder.run('boundary', 'theirs', '--format', 'json');
    const all: readonly {
      readonly format: string;
      readonly playbook: string;
      readonly cells: readonly { readonly verdict: string }[];
      readonly notUnderstood: readonly unknown[];
    }[] = JSON.parse(out);
    assert.deepEqual(
      all.map(({ format, playbook, cells, notUnderstood }) => [
        format,
        playbook,
        cells.map(({ verdict }) => verdict),
        notUnderstood,
      ]),
      [
        ['xsoar', 'Alone', ['violated'], []],
        ['xsoar', 'Ask', ['proven'], []],
        ['xsoar', 'Called', ['violated'], []],
        ['xsoar', 'Caller', ['proven'], []],
      ],
    );
  });

  it('a named file finds the playbooks beside it that it calls', () => {
    assert.match(
      folder.run('boundary', 'theirs/caller.yml').out,
      /✓ proven +2 run Called\/2 block-ip +block-ip \(contain\)/,
    );
  });

  it('check warns of them where they are asked for, and leaves them alone where not', () => {
    const { code, out } = folder.run('check', 'theirs/alone.yml', 'workflow.yaml');
    assert.equal(code, 0);
    assert.match(
      out,
      /theirs\/alone\.yml:13:\d+ {2}warning {2}"core-isolate-endpoint" acts \(contain\)\. A path leads to it on which no person is asked\. Path: .* {2}ungated-act/,
    );
    assert.match(out, /"vendor\.frobnicate" may do anything\..* {2}unknown-tool/);
    assert.equal(folder.run('check', 'theirs', '--fail-on', 'warning').code, 1);
    folder.write('ours.playbook.yaml', EXAMPLE_HEAD);
    assert.doesNotMatch(folder.run('check').out, /alone/);
  });

  it('a configuration accepts what is found in them, and a file with faults is an error', () => {
    folder.write(
      'countersign.config.yaml',
      'suppressions:\n  - rule: ungated-act\n    file: theirs/\n    reason: adapted before it is run\n',
    );
    assert.match(folder.run('check', 'theirs').out, /no problems \(2 suppressed\)/);
    folder.write('theirs/torn.yml', `${PLAYBOOK('Torn', 'block-ip', 'Block?')}more: "never closed\n`);
    const { code, out } = folder.run('check', 'theirs');
    assert.equal(code, 1);
    assert.match(out, /theirs\/torn\.yml:14:\d+ {2}error {2}The file has a fault here.* {2}yaml-syntax/);
    assert.match(folder.run('boundary', 'theirs/torn.yml').out, /\? unknown +2 block-ip/);
  });

  it('what a person said of an action counts from then on', () => {
    const before = folder.run('catalog', 'suggest', '.');
    assert.equal(before.code, 1);
    assert.match(before.out, /vendor\.frobnicate {2}Elastic workflow, 1 call {2}workflow\.yaml:10\n/);
    folder.write('ours.effects.yaml', 'product: elastic\neffects:\n  read: [vendor.frobnicate]\n');
    assert.equal(folder.run('catalog', 'suggest', '.').code, 0);
    assert.doesNotMatch(folder.run('boundary', 'workflow.yaml').out, /frobnicate/);
    folder.write('ours.effects.yaml', 'effects:\n  harmless: [vendor.frobnicate]\n');
    assert.match(folder.run('boundary', 'workflow.yaml').err, /ours\.effects\.yaml:2 {2}"harmless" is no effect/);
  });

  it('a proposal is a file that can be kept, and says nothing by itself', () => {
    folder.write('workflow.yaml', WORKFLOW.replace('name: odd', 'name: Isolate the host'));
    const { out } = folder.run('catalog', 'suggest', 'workflow.yaml', '--product', 'elastic');
    assert.equal(
      out,
      '# Proposed by `countersign catalog suggest`. Check each line before you keep it.\nproduct: elastic\neffects:\n  contain:\n    - "vendor.frobnicate" # "isolate" in its description\n',
    );
    folder.write('ours.effects.yaml', out);
    assert.match(folder.run('boundary', 'workflow.yaml').out, /vendor\.frobnicate \(contain\)/);
  });

  it('of several that are named, only those count', () => {
    const { out } = folder.run('boundary', 'theirs/alone.yml', 'theirs/caller.yml');
    assert.match(out, /^2 playbooks \(Cortex XSOAR \/ XSIAM 2\) with 6 steps\.\n/);
    assert.match(out, /1 of 2 acts that may change something run without a person/);
  });

  it('a file that cannot be read is said, and not taken for none', () => {
    folder.write('theirs/latin.json', new Uint8Array([0x7b, 0xe9, 0x7d]));
    assert.match(
      folder.run('boundary', 'theirs').err,
      /theirs\/latin\.json cannot be read, so whether it is a playbook is not known/,
    );
    assert.match(folder.run('check', 'theirs').err, /theirs\/latin\.json cannot be read/);
  });

  it('what is none is said', () => {
    assert.equal(folder.run('boundary', 'theirs/notes.json').code, 2);
    assert.equal(folder.run('catalog', 'suggest', 'theirs/notes.json').code, 3);
    assert.equal(folder.run('catalog', 'suggest', 'none').code, 3);
    assert.equal(folder.run('catalog').code, 2);
  });
});
