import assert from 'node:assert/strict';
import { Folder } from '../command.test.js';

const task = (id: string, lines: readonly string[], next: string): string =>
  `  "${id}":\n${[...lines, `nexttasks: { ${next} }`].map((line) => `    ${line}\n`).join('')}`;

const THEIRS = `name: Contain it
starttaskid: "0"
tasks:
${task('0', ['type: start'], '"#none#": ["1"]')}${task('1', ['type: playbook', 'task: { name: Isolate it, playbookName: Isolate }'], '"#none#": ["2"]')}${task('2', ['type: regular', 'task: { name: Close it, script: "|||close-incident" }'], '')}`;
const CALLED = `name: Isolate
starttaskid: "0"
tasks:
${task('0', ['type: regular', 'task: { name: Isolate it, script: "|||isolate-endpoint" }'], '')}`;

describe('countersign import of a playbook of another product', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({ 'theirs/contain.yml': THEIRS, 'theirs/isolate.yml': CALLED });
  });
  afterEach(() => folder.remove());

  it('writes it as one of ours, with what it calls, its tools and a policy, and says what is to be decided', () => {
    const { code, err } = folder.run('import', 'theirs/contain.yml', '--to', 'ours');
    assert.equal(code, 0, err);
    for (const name of ['contain-it.playbook', 'contain-it-isolate.playbook', 'contain-it.tools', 'contain-it.policy'])
      assert.match(err, new RegExp(`^ours/${name}\\.yaml is written\\.$`, 'm'));
    assert.match(err, /2 steps are as Cortex XSOAR \/ XSIAM has them.*"countersign check ours" names each/);
    assert.match(folder.read('ours/contain-it.playbook.yaml'), /# contain\.yml:9/);

    const checked = folder.run('check', 'ours');
    assert.equal(checked.code, 1);
    assert.equal(checked.out.match(/undecided-step$/gm)?.length, 2, checked.out);
    const boundary = folder.run('boundary', 'ours/contain-it.playbook.yaml');
    assert.match(boundary.out, /Without a person\n/);
    assert.match(boundary.out, /✗ violated +close_it +xsoar\.close_incident \(suppress\)/);
    assert.match(boundary.out, /✗ violated +isolate_it\/isolate_it +xsoar\.isolate_endpoint \(contain\)/);
  });

  it('replaces nothing, and writes all files or none', () => {
    folder.write('ours/contain-it.policy.yaml', 'policy: mine\nroles: {}\n');
    const { code, err } = folder.run('import', 'theirs/contain.yml', '--to', 'ours');
    assert.equal(code, 2);
    assert.match(err, /there is a file already at "ours\/contain-it\.policy\.yaml"\. Nothing is replaced/);
    assert.deepEqual(folder.run('boundary', 'ours').code, 3, 'nothing else is there');
    assert.equal(folder.read('ours/contain-it.policy.yaml'), 'policy: mine\nroles: {}\n');
  });

  it('does not run until a person has decided', () => {
    folder.run('import', 'theirs/isolate.yml', '--to', 'ours');
    folder.write('ours/a.case.yaml', 'case: a\ntitle: A\nplaybook: isolate\nalert: { class_uid: 2004 }\n');
    const { code, err } = folder.run('run', 'ours/isolate.playbook.yaml', '--case', 'ours/a.case.yaml');
    assert.equal(code, 1, err);
    assert.match(err, /undecided-step|nobody here has decided/);
  });

  it('says of other files what is wrong with them', () => {
    folder.write('theirs/faulty.yml', `${THEIRS}  "9": &x { type: title }\n`);
    folder.write('theirs/notes.yml', 'notes: [none]\n');
    const faulty = folder.run('import', 'theirs/faulty.yml', '--to', 'ours');
    assert.deepEqual([faulty.code, /faulty\.yml is not imported\. .*anchor/.test(faulty.err)], [1, true], faulty.err);
    const notes = folder.run('import', 'theirs/notes.yml', '--to', 'ours');
    assert.deepEqual([notes.code, /no playbook of a product that is known/.test(notes.err)], [2, true], notes.err);
  });
});
