import assert from 'node:assert/strict';
import { CATALOG_URI, type Cursor, cursorIn, HEADER, inSteps } from './fixtures.test.js';
import { hover } from './hover.js';

describe('hover', () => {
  const markdown = ({ source, offset }: Cursor): string => hover(source, offset)?.markdown ?? '';
  const word = ({ source, offset }: Cursor): string => {
    const range = hover(source, offset)?.range;
    return range ? source.text.slice(range.start, range.end) : '';
  };

  it('explains a key from the schema', () => {
    const cursor = cursorIn(HEADER.replace('owner', 'ow|ner'));
    assert.equal(word(cursor), 'owner');
    assert.match(markdown(cursor), /Team that maintains the playbook/);
  });

  it('explains a level, and the level really in force with its reason', () => {
    const cursor = inSteps('  - id: s\n    action: identity.suspend\n    autonomy: auto|nomous\n');
    assert.match(markdown(cursor), /\*\*autonomous\*\*: AI acts; the trace is the only witness/);
    assert.match(markdown(cursor), /`identity\.suspend` runs at \*\*approve\*\*: .*ceiling for contain is approve/);
  });

  it('explains a tool: effect, undo, target, arguments, and the level here', () => {
    const text = markdown(inSteps('  - id: s\n    action: identity.sus|pend\n'));
    assert.match(text, /Disables sign-in for an account/);
    assert.match(text, /effect `contain` \(consequential\), reversible, undone by `identity\.restore`, acts on `user`/);
    assert.match(text, /identity\.suspend\(user: string, mode\?: "soft" \| "hard"\)/);
    assert.match(text, /runs at \*\*approve\*\*/);
  });

  it('explains a step where it is named', () => {
    const text = markdown(
      inSteps(`  - id: ask
    gate:
      ask: Really?
      grants: [sus|pend]
      approvers: { roles: [analyst] }
  - id: suspend
    title: Suspend the account
    action: identity.suspend
`),
    );
    assert.match(text, /\*\*`suspend`\*\* calls `identity\.suspend`\n\nSuspend the account/);
    assert.match(text, /runs at \*\*approve\*\*/);
  });

  it('explains a role by who holds it', () => {
    assert.match(
      markdown(cursorIn(HEADER.replace('incident-commander', 'incident-com|mander'))),
      /held by 1 person: cy@soc\.example/,
    );
    assert.match(
      markdown(inSteps('  - id: m\n    manual: { task: x, role: nob|ody }\n')),
      /Nobody holds it, so it cannot approve/,
    );
  });

  it('explains an argument from the tool', () => {
    assert.match(
      markdown(inSteps('  - id: r\n    action: intel.domain_reputation\n    with: { dom|ain: x }\n')),
      /`domain: string` \(names a domain\)\n\nThe domain to look up\./,
    );
  });

  it('explains effects in a catalog', () => {
    assert.match(markdown(cursorIn('tools:\n  a.b:\n    effect: sup|press\n', CATALOG_URI)), /hides a real attack/);
  });

  it('shows foreign text as text', () => {
    const catalog =
      'tools:\n  a.|b:\n    description: "[x](command:evil) ![y](http://z)"\n    effect: read\n    input: {}\n    output: {}\n';
    assert.match(markdown(cursorIn(catalog, CATALOG_URI)), /\\\[x\\\]\\\(command:evil\\\) \\!\\\[y\\\]/);
  });

  it('has nothing to say about free text and empty places', () => {
    assert.equal(markdown(cursorIn(HEADER.replace('Demo', 'De|mo'))), '');
    assert.equal(markdown(cursorIn('|')), '');
  });
});
