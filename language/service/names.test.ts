import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { type Calls, callTargetAt, incomingCalls, outgoingCalls } from './call-hierarchy.js';
import { definitionOf } from './definition.js';
import { CATALOG, CATALOG_URI, HEADER, POLICY, POLICY_URI } from './fixtures.test.js';
import { highlightsAt } from './highlights.js';
import { linkedRanges } from './linked-editing.js';
import { type NamedFile, readNames } from './named-file.js';
import { referencesTo } from './references.js';
import { rename, renameTarget } from './rename.js';
import { matchQuality } from './workspace-symbols.js';
import { type World, worldOf } from './world.js';

/** A workspace of small files that name each other. `¦` marks the cursor. */
const MAIN = 'file:///soc/main.playbook.yaml';
const CALLEE = 'file:///soc/contain.playbook.yaml';
const CASE = 'file:///soc/cases/one.case.yaml';
const OTHER = 'file:///soc/other.playbook.yaml';

const FILES: { readonly [uri: string]: string } = {
  [CATALOG_URI]: CATALOG,
  [POLICY_URI]: `${POLICY}  - { tool: identity.suspend, autonomy: approve, roles: [incident-commander] }
always-gate: [identity.suspend]
waivers:
  - { rule: missing-undo, playbook: demo, step: suspend, owner: analyst, reason: Because., expires: 2027-01-31 }
`,
  [MAIN]: `${HEADER}inputs:
  user: { type: string }
context: { vips: vips.yaml }
feedback: [ask]
verdict: steps.investigate.output.verdict
steps:
  - id: investigate
    agent:
      goal: Look at \${{ inputs.user }} 🔐 and answer.
      tools:
        - { use: identity.suspend, where: args.user == inputs.user }
      output:
        verdict: { enum: [good, bad] }
        users: { type: array, items: { type: object, properties: { name: { type: string } } } }
  - id: ask
    gate:
      ask: "Suspend after \${{ steps.investigate.output.verdict }}?"
      grants: [suspend, 'suspend']
      approvers: { roles: [analyst] }
  - id: each
    for-each: { item: one, in: steps.investigate.output.users, max: 3 }
    steps:
      - id: suspend
        when: steps["investigate"].output.verdict == 'bad' && context.vips.exists(x, x == one.name)
        action: identity.suspend
        with: { user: "\${{ one.name }}" }
        on-error:
          - id: contain
            call: contain.playbook.yaml
            with: { host: "\${{ inputs.user }}" }
  - id: route
    if: steps.suspend.outcome == 'ok'
    then:
      - id: contain_again
        call: contain.playbook.yaml
        with: { host: b }
`,
  [CALLEE]: `${HEADER.replace('playbook: demo', 'playbook: contain-host')}inputs:
  host: { type: string }
steps:
  - id: ask
    manual: { task: "\${{ inputs.host }}", role: analyst, output: { ticket: { type: string } } }
  - id: note
    when: steps.ask.output.ticket != ''
    action: identity.restore
    with: { user: a }
`,
  [CASE]: `case: one
title: One
playbook: demo
alert: a.json
inputs: { user: kim }
answers:
  - { tool: identity.suspend, with: { user: kim }, output: { state: gone } }
turns:
  investigate:
    - { calls: [{ tool: identity.suspend, with: { user: kim } }] }
    - { output: { verdict: bad, users: [{ name: kim }] } }
approvals:
  - { gate: ask, as: ana@soc.example, decision: approve }
tasks:
  - { step: contain/ask, as: bo, output: { ticket: T } }
  - { step: "contain_again/ask", as: bo, output: { ticket: T } }
undo:
  - { step: contain/note, as: ana@soc.example }
sampled: ["contain_again/note"]
expect: { acts: { must: [identity.suspend] } }
`,
};

interface At {
  readonly file: NamedFile;
  readonly offset: number;
  readonly world: World;
  readonly files: { readonly [uri: string]: string };
}

/** The cursor at `¦` of a word in context that is in a file once. `changes` replaces whole files. */
function at(uri: string, marked: string, changes: { readonly [uri: string]: string } = {}): At {
  const files = { ...FILES, ...changes };
  const host: FileHost = { read: (one) => files[one] };
  const text = files[uri] ?? '';
  const word = marked.replace('¦', '');
  const start = text.indexOf(word);
  assert.ok(start >= 0 && text.indexOf(word, start + 1) < 0, `"${word}" is in ${uri} once`);
  const known = new Map(
    Object.keys(files).flatMap((one) => {
      const names = readNames(one, host.read(one) ?? '');
      return names ? [[one, names] as const] : [];
    }),
  );
  const file = known.get(uri);
  assert.ok(file);
  return {
    file,
    offset: start + marked.indexOf('¦'),
    world: worldOf([...known.values()], (one) => known.get(one)),
    files,
  };
}

function lineOf(files: At['files'], uri: string, start: number, end: number): string {
  const text = files[uri] ?? '';
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', end);
  return `${uri.slice(uri.lastIndexOf('/') + 1)}: ${text.slice(from, start).trimStart()}[${text.slice(start, end)}]${text.slice(end, to < 0 ? undefined : to)}`;
}

describe('definition across files', () => {
  const target = (uri: string, marked: string): string => {
    const { file, offset, world, files } = at(uri, marked);
    const [place, more] = definitionOf(file, offset, world);
    assert.equal(more, undefined);
    return place ? lineOf(files, place.uri, place.range.start, place.range.end) : '';
  };

  it('of a path in a case is the step of the playbook it leads to, and of its first word the call', () => {
    assert.equal(target(CASE, 'step: contain/a¦sk'), 'contain.playbook.yaml: - id: [ask]');
    assert.equal(target(CASE, 'step: con¦tain/ask'), 'main.playbook.yaml: - id: [contain]');
    assert.equal(target(CASE, '"contain_again/a¦sk'), 'contain.playbook.yaml: - id: [ask]');
    assert.equal(target(CASE, 'step: contain/no¦te'), 'contain.playbook.yaml: - id: [note]');
    assert.equal(target(CASE, '"contain_again/no¦te'), 'contain.playbook.yaml: - id: [note]');
    assert.equal(target(CASE, 'gate: a¦sk'), 'main.playbook.yaml: - id: [ask]');
  });

  it('of what a case names otherwise', () => {
    assert.equal(target(CASE, 'playbook: de¦mo'), 'main.playbook.yaml: playbook: [demo]');
    assert.equal(target(CASE, '{ us¦er: kim }\nanswers'), 'main.playbook.yaml: [user]: { type: string }');
    assert.match(target(CASE, '- { tool: identity.sus¦pend'), /^soc.tools.yaml: \[identity.suspend\]:/);
    assert.match(target(CASE, 'output: { sta¦te'), /^soc.tools.yaml: output: \{ \[state\]:/);
    assert.match(target(CASE, 'output: { ver¦dict'), /^main.playbook.yaml: \[verdict\]: \{ enum/);
    assert.match(target(CASE, 'users: [{ na¦me'), /^main.playbook.yaml: users: .*\{ \[name\]:/);
    assert.match(target(CASE, 'contain/ask, as: bo, output: { tick¦et'), /^contain.playbook.yaml: .*\[ticket\]/);
  });

  it('of a waiver’s step and playbook is in the playbook, of its owner the role', () => {
    assert.equal(target(POLICY_URI, 'step: sus¦pend'), 'main.playbook.yaml: - id: [suspend]');
    assert.equal(target(POLICY_URI, 'playbook: de¦mo'), 'main.playbook.yaml: playbook: [demo]');
    assert.match(target(POLICY_URI, 'owner: ana¦lyst'), /^default.policy.yaml: \[analyst\]:/);
    assert.match(target(POLICY_URI, 'always-gate: [identity.sus¦pend'), /^soc.tools.yaml: \[identity.suspend\]:/);
  });

  it('of an output is where its type is declared', () => {
    assert.match(target(MAIN, 'steps["investigate"].output.ver¦dict'), /^main.playbook.yaml: \[verdict\]: \{ enum/);
    assert.equal(target(MAIN, 'steps["investigate"].out¦put'), 'main.playbook.yaml: [output]:');
    assert.equal(target(MAIN, 'steps["inv¦estigate"]'), 'main.playbook.yaml: - id: [investigate]');
    assert.match(target(CALLEE, 'output.tick¦et'), /^contain.playbook.yaml: manual: .*\[ticket\]/);
  });

  it('of an argument is in the catalog or the called playbook', () => {
    assert.match(target(MAIN, 'args.us¦er'), /^soc.tools.yaml: \[user\]: \{ type: string, x-entity: user \}/);
    assert.equal(target(MAIN, 'with: { ho¦st: b'), 'contain.playbook.yaml: [host]: { type: string }');
  });
});

describe('references across files', () => {
  const uses = (uri: string, marked: string, changes?: { readonly [uri: string]: string }): string[] => {
    const { file, offset, world, files } = at(uri, marked, changes);
    return referencesTo(file, offset, world, false).map(({ uri: one, range }) =>
      lineOf(files, one, range.start, range.end).slice(0, 60),
    );
  };

  it('of a step are in cases and policies, too, open or not', () => {
    assert.deepEqual(uses(CALLEE, 'id: a¦sk'), [
      "contain.playbook.yaml: when: steps.[ask].output.ticket != ''",
      'one.case.yaml: - { step: contain/[ask], as: bo, output: { ti',
      'one.case.yaml: - { step: "contain_again/[ask]", as: bo, outp',
    ]);
    assert.equal(uses(MAIN, '- id: sus¦pend').filter((one) => one.startsWith('default.policy.yaml')).length, 1);
  });

  it('of an input are in its callers and cases', () => {
    assert.equal(uses(CALLEE, 'ho¦st: { type').length, 3);
    assert.ok(uses(MAIN, 'us¦er: { type').includes('one.case.yaml: inputs: { [user]: kim }'));
  });

  it('of a role are in the cases where somebody hands a question to it', () => {
    const handed = (FILES[CASE] ?? '').replace('decision: approve }', 'decision: escalate, to: incident-commander }');
    const found = uses(POLICY_URI, 'incident-com¦mander: [', { [CASE]: handed });
    assert.ok(
      found.some((one) => one.startsWith('one.case.yaml: - { gate: ask, ')),
      found.join('\n'),
    );
  });

  it('of a tool are in playbooks, policies and cases', () => {
    const found = uses(CATALOG_URI, 'identity.sus¦pend:').map((one) => one.slice(0, one.indexOf(':')));
    assert.deepEqual([...new Set(found)].sort(), ['default.policy.yaml', 'main.playbook.yaml', 'one.case.yaml']);
    assert.equal(found.length, 7);
  });
});

describe('highlights', () => {
  const marks = (uri: string, marked: string, changes?: { readonly [uri: string]: string }): string[] => {
    const { file, offset } = at(uri, marked, changes);
    return highlightsAt(file, offset).map(({ range, kind }) => `${kind} ${file.text.slice(range.start, range.end)}`);
  };

  it('mark where a step is named, and where it gets its name', () => {
    assert.deepEqual(marks(MAIN, 'grants: [sus¦pend'), [
      'read suspend',
      'read suspend',
      'write suspend',
      'read suspend',
    ]);
  });

  it('mark inputs, context, loop variables, outputs, tools and roles', () => {
    assert.deepEqual(marks(MAIN, 'Look at ${{ inputs.us¦er'), ['write user', 'read user', 'read user', 'read user']);
    assert.deepEqual(marks(MAIN, 'context.vi¦ps'), ['write vips', 'read vips']);
    assert.deepEqual(marks(MAIN, 'item: on¦e'), ['write one', 'read one', 'read one']);
    assert.equal(marks(MAIN, '"].output.ver¦dict').length, 4);
    assert.deepEqual(marks(MAIN, 'use: identity.sus¦pend'), ['read identity.suspend', 'read identity.suspend']);
    assert.deepEqual(marks(POLICY_URI, 'incident-com¦mander: ['), [
      'write incident-commander',
      'read incident-commander',
    ]);
  });

  it('keep steps of different playbooks apart', () => {
    assert.deepEqual(marks(CASE, 'gate: a¦sk'), ['read ask']);
  });

  it('are there while the text is broken, and with CRLF', () => {
    const broken = `${FILES[MAIN]}  - id: last\n    when: steps.suspend.outcome == \n  - id: later\n    if: "steps.suspend.\n`;
    assert.equal(marks(MAIN, 'grants: [sus¦pend', { [MAIN]: broken }).length, 5);
    const crlf = (FILES[MAIN] ?? '').replaceAll('\n', '\r\n');
    assert.equal(marks(MAIN, 'grants: [sus¦pend', { [MAIN]: crlf }).length, 4);
  });

  it('know a step that has no kind yet', () => {
    const typed = `${FILES[MAIN]}      - id: new_one\n        when: steps.new_one.outcome == 'ok'\n`;
    assert.deepEqual(marks(MAIN, 'id: new_o¦ne', { [MAIN]: typed }), ['write new_one']);
  });
});

describe('rename', () => {
  const renamed = (
    uri: string,
    marked: string,
    name: string,
    changes?: { readonly [uri: string]: string },
  ): string[] => {
    const { file, offset, world, files } = at(uri, marked, changes);
    const target = renameTarget(file, offset, world);
    if ('refused' in target) return [target.refused];
    const answer = rename(target, name, file, world);
    if ('refused' in answer) return [answer.refused];
    return answer.flatMap(({ uri: one, edits }) => {
      let text = files[one] ?? '';
      for (const { range, newText } of [...edits].reverse())
        text = text.slice(0, range.start) + newText + text.slice(range.end);
      const before = (files[one] ?? '').split('\n');
      return text
        .split('\n')
        .filter((line, index) => line !== before[index])
        .map((line) => `${one.slice(one.lastIndexOf('/') + 1)}: ${line.trim()}`);
    });
  };

  it('of a step reaches grants, expressions and waivers, quoted ones as they are quoted', () => {
    assert.deepEqual(renamed(MAIN, 'grants: [sus¦pend', 'lock'), [
      "main.playbook.yaml: grants: [lock, 'lock']",
      'main.playbook.yaml: - id: lock',
      "main.playbook.yaml: if: steps.lock.outcome == 'ok'",
      'default.policy.yaml: - { rule: missing-undo, playbook: demo, step: lock, owner: analyst, reason: Because., expires: 2027-01-31 }',
    ]);
  });

  it('of a step reaches brackets, templates and the turns of cases', () => {
    assert.deepEqual(renamed(MAIN, '- id: inves¦tigate', 'look'), [
      'main.playbook.yaml: verdict: steps.look.output.verdict',
      'main.playbook.yaml: - id: look',
      'main.playbook.yaml: ask: "Suspend after ${{ steps.look.output.verdict }}?"',
      'main.playbook.yaml: for-each: { item: one, in: steps.look.output.users, max: 3 }',
      'main.playbook.yaml: when: steps["look"].output.verdict == \'bad\' && context.vips.exists(x, x == one.name)',
      'one.case.yaml: look:',
    ]);
  });

  it('of a called playbook’s step reaches the paths of cases, from there, too', () => {
    const expected = [
      'contain.playbook.yaml: - id: check',
      "contain.playbook.yaml: when: steps.check.output.ticket != ''",
      'one.case.yaml: - { step: contain/check, as: bo, output: { ticket: T } }',
      'one.case.yaml: - { step: "contain_again/check", as: bo, output: { ticket: T } }',
    ];
    assert.deepEqual(renamed(CALLEE, '- id: a¦sk', 'check'), expected);
    assert.deepEqual(renamed(CASE, 'step: contain/a¦sk', 'check'), expected);
  });

  it('of an input reaches what callers and cases give', () => {
    assert.deepEqual(renamed(CALLEE, 'inputs.ho¦st', 'machine'), [
      'contain.playbook.yaml: machine: { type: string }',
      'contain.playbook.yaml: manual: { task: "${{ inputs.machine }}", role: analyst, output: { ticket: { type: string } } }',
      'main.playbook.yaml: with: { machine: "${{ inputs.user }}" }',
      'main.playbook.yaml: with: { machine: b }',
    ]);
  });

  it('of loop variables, context, outputs, roles, tags and playbooks', () => {
    assert.equal(renamed(MAIN, '{{ on¦e.name', 'user').length, 3);
    assert.equal(renamed(MAIN, 'context.vi¦ps', 'people').length, 2);
    assert.equal(renamed(MAIN, '"].output.ver¦dict', 'answer').length, 5);
    assert.equal(renamed(MAIN, 'roles: [ana¦lyst', 'triage-analyst').length, 4);
    assert.deepEqual(renamed(MAIN, 'playbook: de¦mo', 'account-takeover'), [
      'main.playbook.yaml: playbook: account-takeover',
      'default.policy.yaml: - { rule: missing-undo, playbook: account-takeover, step: suspend, owner: analyst, reason: Because., expires: 2027-01-31 }',
      'one.case.yaml: playbook: account-takeover',
    ]);
  });

  it('of a tool reaches the catalog and every file that names it', () => {
    const lines = renamed(MAIN, 'use: identity.sus¦pend', 'identity.lock');
    assert.equal(lines.length, 8);
    assert.equal(lines.filter((line) => line.startsWith('soc.tools.yaml: identity.lock:')).length, 1);
  });

  it('refuses names that are not valid, saying what is', () => {
    assert.match(renamed(MAIN, '- id: inves¦tigate', 'Look Up')[0] ?? '', /cannot be the name of a step: lower case/);
    assert.match(renamed(MAIN, '- id: inves¦tigate', 'true')[0] ?? '', /is a word of YAML/);
    assert.match(renamed(MAIN, 'use: identity.sus¦pend', 'lock')[0] ?? '', /two lower case words joined by "\."/);
    assert.match(renamed(MAIN, 'item: on¦e', 'alert')[0] ?? '', /already is a variable of every playbook/);
  });

  it('refuses names that are taken, saying where', () => {
    assert.match(
      renamed(MAIN, '- id: inves¦tigate', 'ask')[0] ?? '',
      /"ask" is taken: line \d+ is a step of this name/,
    );
    assert.match(renamed(MAIN, 'use: identity.sus¦pend', 'identity.restore')[0] ?? '', /taken: line 1\d is a tool/);
    assert.match(
      renamed(MAIN, 'playbook: de¦mo', 'contain-host')[0] ?? '',
      /contain.playbook.yaml, line 1 is a playbook/,
    );
    assert.match(renamed(MAIN, 'item: on¦e', 'x')[0] ?? '', /is bound by the expression around it/);
  });

  it('refuses what has no name of its own, or more than one meaning', () => {
    assert.match(renamed(MAIN, 'max¦: 3', 'x')[0] ?? '', /^Nothing here has a name/);
    assert.match(renamed(MAIN, 'policy: default.pol¦icy.yaml', 'x')[0] ?? '', /path of a file/);
    assert.match(renamed(MAIN, 'args.us¦er', 'x')[0] ?? '', /whatever answers the tool/);
    const twice = `${FILES[MAIN]}  - id: ask\n    stop: { outcome: completed }\n`;
    assert.match(
      renamed(MAIN, 'feedback: [a¦sk', 'x', { [MAIN]: twice })[0] ?? '',
      /Two have the name "ask".*lines 25 and/,
    );
    const again = (FILES[MAIN] ?? '').replace('title: Demo', 'title: Again');
    assert.match(renamed(CASE, 'playbook: de¦mo', 'x', { [OTHER]: again })[0] ?? '', /can be read in several ways/);
    assert.match(renamed(MAIN, 'playbook: de¦mo', 'x', { [OTHER]: again })[0] ?? '', /may mean this "demo" or that/);
  });

  it('refuses where a file cannot be read as a whole, since a use could be missed', () => {
    const broken = `${FILES[CASE]}more: [\n`;
    assert.match(
      renamed(MAIN, '- id: inves¦tigate', 'look', { [CASE]: broken })[0] ?? '',
      /^one.case.yaml cannot be read as a whole \(line \d+/,
    );
  });
});

describe('linked editing', () => {
  const linked = (marked: string, changes?: { readonly [uri: string]: string }): number | undefined => {
    const { file, offset } = at(MAIN, marked, changes);
    return linkedRanges(file, offset)?.length;
  };

  it('joins an id with what refers to it in the file, from the id only', () => {
    assert.equal(linked('- id: sus¦pend'), 4);
    assert.equal(linked('grants: [sus¦pend'), undefined);
    assert.equal(linked('item: on¦e'), 3);
  });

  it('does nothing where a place spells the id another way', () => {
    const escaped = (FILES[MAIN] ?? '').replace("'suspend'", '"\\x73uspend"');
    assert.equal(linked('- id: sus¦pend', { [MAIN]: escaped }), undefined);
  });
});

describe('call hierarchy', () => {
  const said = (calls: readonly Calls[]): string[] =>
    calls.map(({ other, ranges }) => `${other.id?.value} ${ranges.length}`);

  it('begins at the id of a playbook and at its calls', () => {
    const from = (uri: string, marked: string): string | undefined => {
      const { file, offset, world } = at(uri, marked);
      return callTargetAt(file, offset, world)?.id?.value;
    };
    assert.equal(from(MAIN, 'playbook: de¦mo'), 'demo');
    assert.equal(from(MAIN, 'id: con¦tain\n'), 'contain-host');
    assert.equal(from(MAIN, 'id: contain_again\n        call: con¦tain'), 'contain-host');
    assert.equal(from(MAIN, 'id: ea¦ch'), undefined);
  });

  it('tells who calls and what is called, nested calls too', () => {
    const { file, world } = at(MAIN, 'playbook: ¦demo');
    assert.deepEqual(said(outgoingCalls(file, world)), ['contain-host 2']);
    assert.deepEqual(said(incomingCalls(file, world)), []);
    const callee = at(CALLEE, 'playbook: ¦contain-host');
    assert.deepEqual(said(incomingCalls(callee.file, callee.world)), ['demo 2']);
  });
});

describe('workspace symbols', () => {
  it('are the ids of playbooks, steps, tools, roles and cases', () => {
    const { world } = at(MAIN, 'playbook: ¦demo');
    const all = world.files.flatMap(({ symbols }) =>
      symbols.map(({ kind, name, container }) => `${kind} ${container}/${name}`),
    );
    for (const one of [
      'playbook /demo',
      'gate demo/ask',
      'call demo/contain',
      'tool soc/identity.suspend',
      'role default/analyst',
      'case /one',
    ]) {
      assert.ok(all.includes(one), one);
    }
  });

  it('answer a query whose characters they have in this order, best first', () => {
    const quality = ['ask', 'ask_suspension', 'second_ask', 'a_s_k', 'kas'].map((name) => matchQuality(name, 'ASK'));
    assert.deepEqual(quality, [0, 1, 2, 3, undefined]);
    assert.equal(matchQuality('anything', ''), 1);
  });
});
