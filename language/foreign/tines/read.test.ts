import assert from 'node:assert/strict';
import { linesOf } from '../lines.test.js';

function story(rule: object, options: object = {}, links = '{% prompt contain %} {% prompt ignore %}'): string {
  return JSON.stringify({
    name: 'Contain',
    agents: [
      { type: 'Agents::WebhookAgent', name: 'Alert', options: {} },
      { type: 'Agents::EventTransformationAgent', name: 'Build Ticket', options: { payload: { text: links } } },
      { type: 'Agents::TriggerAgent', name: 'Clicked', options: { rules: [rule], ...options } },
      {
        type: 'Agents::HTTPRequestAgent',
        name: 'Isolate',
        options: { method: 'post', url: 'https://edr.example.test/hosts/isolate' },
      },
    ],
    links: [
      { source: 0, receiver: 1 },
      { source: 1, receiver: 2 },
      { source: 2, receiver: 3 },
    ],
  });
}

const STATUS = '{{.build_ticket.prompt.status}}';
const verdict = (...given: Parameters<typeof story>): string =>
  / (autonomous|approve) (\w+),/
    .exec(linesOf(story(...given))[0] ?? '')
    ?.slice(1)
    .join(' ') ?? '';

describe('Reading Tines', () => {
  it('a click on a link that says yes is an approval where a trigger waits for it', () => {
    assert.deepEqual(linesOf(story({ type: 'field==value', value: 'contain', path: STATUS })), [
      'Isolate: POST https://edr.example.test/hosts/isolate (contain) approve proven, Alert → Build Ticket → Clicked (matches)',
    ]);
    assert.equal(verdict({ type: 'regex', value: '^contain$', path: STATUS }), 'approve proven');
    assert.equal(verdict({ type: 'regex', value: '.', path: STATUS }, {}, '{% prompt contain %}'), 'approve proven');
  });

  it('any click is none if one of the links says no, and neither is silence', () => {
    assert.equal(verdict({ type: 'regex', value: '.', path: STATUS }), 'autonomous violated');
    assert.equal(verdict({ type: 'field==value', value: 'ignore', path: STATUS }), 'autonomous violated');
    assert.equal(
      verdict({ type: 'regex', value: '.*', path: STATUS }, {}, '{% prompt contain %}'),
      'autonomous violated',
    );
    assert.equal(verdict({ type: 'regex', value: '^$', path: STATUS }), 'autonomous violated');
    assert.equal(verdict({ type: 'field!=value', value: 'ignore', path: STATUS }), 'autonomous violated');
  });

  it('a trigger that passes on what does not match waits for nobody', () => {
    assert.equal(
      verdict({ type: 'field==value', value: 'contain', path: STATUS }, { emit_no_match: 'true' }),
      'autonomous violated',
    );
    assert.equal(
      verdict({ type: 'field==value', value: 'contain', path: '{{.other.prompt.status}}' }),
      'autonomous violated',
    );
  });
});
