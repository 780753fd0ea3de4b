import assert from 'node:assert/strict';
import { STEPS_REQUEST, type StepItem } from './protocol/requests.js';
import { Editor } from './testing.test.js';

const PLAYBOOK = `playbook: p
steps:
  - id: look
    if: alert.severity_id > 3
    then:
      - id: note
        action: case.note
        with:
          text: Seen

      - id: end
        stop: completed
  - { id: last, stop: completed }
`;

describe('the steps of a playbook', () => {
  it('are listed with their place and without the steps in them, open or not', async () => {
    const editor = new Editor({ 'p.playbook.yaml': PLAYBOOK });
    await editor.start();
    const steps = (): Promise<StepItem[]> => editor.request(STEPS_REQUEST, { uri: editor.uri('p.playbook.yaml') });
    const wanted = [
      ['look', 'if', '2:8', '2:4-4:9'],
      ['note', 'action', '5:12', '5:8-8:20'],
      ['end', 'stop', '10:12', '10:8-11:23'],
      ['last', 'stop', '12:10', '12:4-12:33'],
    ];
    const said = (items: readonly StepItem[]) =>
      items.map(({ id, kind, at, range: { start, end } }) => [
        ...[id, kind, `${at.line}:${at.character}`],
        `${start.line}:${start.character}-${end.line}:${end.character}`,
      ]);
    assert.deepEqual(said(await steps()), wanted);
    await editor.open('p.playbook.yaml', `# moved\n${PLAYBOOK}`);
    assert.equal((await steps())[0]?.at.line, 3);
    assert.equal(await editor.stop(), 0);
  });
});
