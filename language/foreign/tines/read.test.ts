import assert from 'node:assert/strict';
import { LEFT_OUT } from '../given.js';
import { linesOf, readAll } from '../lines.test.js';

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

  const stepsOf = (text: string) => readAll({ 'a.json': text })[0]?.steps ?? [];
  const doingOf = (type: string, options: object) =>
    stepsOf(
      JSON.stringify({ name: 'One', agents: [{ type: `Agents::${type}Agent`, name: 'It', options }], links: [] }),
    )[1]?.does;
  const argsOf = (type: string, options: object): readonly string[] => {
    const does = doingOf(type, options);
    return does?.kind === 'act' || does?.kind === 'call' ? does.args.map(({ name, text }) => `${name}: ${text}`) : [];
  };

  it('a request is given its payload and headers, and is on its address', () => {
    const options = {
      url: 'https://edr.example.test/hosts',
      method: 'post',
      payload: { ids: ['{{.a.id}}', 'pc-1'], more: { note: 'why' }, password: 'abc' },
      headers: { Authorization: 'Bearer {{.CREDENTIAL.edr}}', 'X-Api-Key': 'abc' },
      basic_auth: ['{{.RESOURCE.name}}', 'abc'],
      // About the editor's figures and its log, and nothing that is sent.
      manual_time: '60',
      log_error_on_status: [],
    };
    assert.deepEqual(argsOf('HTTPRequest', options), [
      'url: https://edr.example.test/hosts',
      'ids: ["{{.a.id}}","pc-1"]',
      'more: {"note":"why"}',
      `password: ${LEFT_OUT}`,
      `headers: {"Authorization":"Bearer {{.CREDENTIAL.edr}}","X-Api-Key":"${LEFT_OUT}"}`,
      `basic_auth: ["{{.RESOURCE.name}}","${LEFT_OUT}"]`,
    ]);
    const does = doingOf('HTTPRequest', options);
    assert.ok(does?.kind === 'act' && does.scope === options.url && does.target === 'url');
  });

  it('so is a mail, which is for its recipients, and a story', () => {
    const does = doingOf('Email', { subject: 'Look', recipients: ['soc@example.test'] });
    assert.ok(does?.kind === 'act' && does.scope === 'soc@example.test' && does.target === 'recipients');
    assert.deepEqual(argsOf('SendToStory', { story: '{{ .STORY.contain }}', payload: { host: '{{.a.host}}' } }), [
      'host: {{.a.host}}',
    ]);
    assert.deepEqual(doingOf('EventTransformation', { mode: 'explode', path: '{{.a.hosts}}', to: 'host' }), {
      kind: 'flow',
      over: '{{.a.hosts}}',
    });
  });

  it('a trigger goes on where its rules hold, and ends the run where they do not', () => {
    const edges = (rule: object, options: object = {}) => stepsOf(story(rule, options))[3]?.edges;
    const answer = { type: 'field==value', value: 'contain', path: STATUS };
    const person = (says: string) => ({ person: { says, asked: 'Build Ticket' } });
    assert.deepEqual(edges(answer), [
      { to: 4, kind: 'branch', branch: 'matches', when: `${STATUS} == contain`, ...person('approves') },
      { to: 'end', kind: 'branch', branch: 'no match', ...person('refuses') },
    ]);
    assert.deepEqual(edges(answer, { emit_no_match: 'true' }), [{ to: 4, kind: 'branch', branch: 'matches' }]);
    const other = { type: '!regex', value: '^10[.]', path: '{{.a.ip}}' };
    assert.deepEqual(edges(answer, { rules: [other, { ...other, type: 'in', value: ['a', 'b'] }] }), [
      { to: 4, kind: 'branch', branch: 'matches', when: '{{.a.ip}} does not match ^10[.] and {{.a.ip}} in a, b' },
      { to: 'end', kind: 'branch', branch: 'no match' },
    ]);
    const some = { rules: [other, '{{.a.ok}}', { ...other, type: 'regex', value: '' }], must_match: '2' };
    assert.equal(
      edges(answer, some)?.[0]?.when,
      '2 of: {{.a.ip}} does not match ^10[.], {{.a.ok}}, {{.a.ip}} matches ""',
    );
  });
});
