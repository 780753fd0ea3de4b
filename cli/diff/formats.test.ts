import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { EXAMPLE_FILES } from '../../language/index.js';
import { diffGitlab } from './gitlab.js';
import { diffHtml } from './html.js';
import { diffMarkdown } from './markdown.js';
import type { DiffReport, ReportedChange } from './report.js';
import { ACT, ALONE, GATED, HEAD, HOLE, reportFrom } from './report-of.test.js';
import { diffSarif } from './sarif.js';

const X = 'x.playbook.yaml';
const HOSTILE = '</style><img src=x onerror=y> "\'& [a](https://evil.example) @ana \u202e\u001b[2J';
const widened = (text = ALONE): DiffReport => reportFrom({ [X]: GATED }, { [X]: text });
const hostile = (): DiffReport => widened(HOLE.replace('playbook: example', `playbook: ${JSON.stringify(HOSTILE)}`));
/** So many changes as no fixture has. */
const many = (count: number, more: Partial<ReportedChange> = {}): DiffReport => {
  const report = widened();
  const [change] = report.changes;
  assert.ok(change);
  const changes = Array.from({ length: count }, (_, at) => ({ ...change, step: `suspend_${at}`, ...more }));
  return { ...report, changes };
};

describe('a comparison as SARIF', () => {
  // The schema of the OASIS standard, as Microsoft's matchers for SARIF bring it.
  const schema = JSON.parse(
    readFileSync(
      createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
      'utf8',
    ),
  );
  const { $schema, id, ...rules } = schema;
  // Its draft calls `$id` `id`; of what else differs between drafts it uses nothing.
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }));
  const validate = ajv.compile(rules);
  const faults = (text: string): unknown => (validate(JSON.parse(text)) ? [] : validate.errors);

  it('is valid by the schema of 2.1.0, which is not valid for anything', () => {
    assert.match(String($schema), /json-schema/);
    assert.match(String(id), /sarif-2\.1\.0/);
    for (const report of [
      widened(),
      widened(HOLE),
      hostile(),
      widened(GATED),
      reportFrom({ [X]: HOLE }, {}),
      reportFrom({}, { [X]: ALONE }),
    ])
      assert.deepEqual(faults(diffSarif(report)), []);
    assert.deepEqual(faults(diffSarif(many(3), { results: 2, places: 0 })), []);
    assert.notDeepEqual(faults(diffSarif(widened()).replace('"2.1.0"', '"2.2"')), []);
    assert.notDeepEqual(faults(diffSarif(widened()).replace('"startLine": ', '"startLine": -')), []);
  });

  it('takes no more than code scanning does, and says what is not in it', () => {
    const run = (report: DiffReport, limits?: Parameters<typeof diffSarif>[1]) =>
      JSON.parse(diffSarif(report, limits)).runs[0];
    const cut = run(many(5), { results: 3, places: 1 });
    assert.equal(cut.results.length, 3);
    const words = cut.invocations[0].toolExecutionNotifications.map(
      (one: { message: { text: string } }) => one.message.text,
    );
    assert.match(words[0], /^2 changes of 5 left out: code scanning takes 3 results\./);
    assert.deepEqual(run(many(5)).invocations[0].toolExecutionNotifications, []);
    const [place] = many(1).changes.flatMap(({ path }) => path);
    assert.ok(place);
    const long = many(2, { path: Array.from({ length: 10_001 }, (_, at) => ({ ...place, step: `s${at}` })) });
    const flows = run(long);
    assert.match(flows.invocations[0].toolExecutionNotifications[0].message.text, /^2 paths cut at the beginning/);
    const { locations } = flows.results[0].codeFlows[0].threadFlows[0];
    assert.equal(locations.length, 10_000);
    assert.equal(locations.at(-1).location.message.text, 'identity.suspend runs at s10000.');
    assert.equal(run(many(25_001)).results.length, 25_000);
  });

  it('has fingerprints by rule, step, tool and what changed, one for each result', () => {
    const prints = (report: DiffReport): readonly string[] =>
      JSON.parse(diffSarif(report)).runs[0].results.map(
        (one: { partialFingerprints: { 'countersign/v1': string } }) => one.partialFingerprints['countersign/v1'],
      );
    const [print] = prints(widened());
    assert.deepEqual(prints(widened(ALONE.replace('title: An', 'title: Another\n# moved\ndescription: An'))), [print]);
    assert.notDeepEqual(prints(widened(HOLE)), [print]);
    assert.notDeepEqual(prints(widened(ALONE.replace('id: suspend', 'id: other'))), [print]);
    assert.equal(new Set(prints(many(3, { step: 'same' }))).size, 3);
  });
});

describe('a comparison as a Code Quality report of GitLab', () => {
  const issues = (report: DiffReport) => JSON.parse(diffGitlab(report));

  it('has an entry with place, severity and fingerprint for each act that may do more', () => {
    const [{ description, check_name, severity, location, fingerprint }, ...more] = issues(widened(HOLE));
    assert.equal(more.length, 0);
    assert.match(description, /^identity\.suspend at "suspend" of "example": A path leads to it without approval/);
    assert.deepEqual([check_name, severity], ['boundary-violated', 'blocker']);
    const line = HOLE.split('\n').findIndex((one) => one.includes('action: identity.suspend')) + 1;
    assert.deepEqual(location, { path: X, lines: { begin: line } });
    assert.match(fingerprint, /^[0-9a-f]{40}$/);
    assert.equal(issues(widened(HOLE.replace('title: An', '# moved\ntitle: An')))[0].fingerprint, fingerprint);
    assert.equal(issues(widened())[0].severity, 'critical');
    assert.deepEqual(issues(widened(GATED)), []);
    assert.deepEqual(issues(reportFrom({ [X]: HOLE }, { [X]: GATED })), []);
  });

  it('tells of boundary records, and gives no two entries one fingerprint', () => {
    const report = { ...many(3, { fingerprint: 'same' }), records: [{ file: 'x.boundary.md', why: 'stale' as const }] };
    const all: readonly { readonly fingerprint: string; readonly check_name: string }[] = issues(report);
    assert.equal(new Set(all.map(({ fingerprint }) => fingerprint)).size, 4);
    assert.equal(all.at(-1)?.check_name, 'boundary-stale');
  });
});

describe('a comparison as a page', () => {
  it('stands alone under a policy that admits its own style and nothing else', () => {
    const page = diffHtml(widened());
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(
      page.includes(`content="default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; base-uri 'none'"`),
    );
    assert.doesNotMatch(page, /<script|<link|<img|<a |\son\w+=|style="|url\(|@import/);
    assert.match(page, /<h1>Authorization boundary: 1 act may do more without a person<\/h1>/);
    assert.match(page, /prefers-color-scheme: dark/);
    assert.match(diffHtml(widened(GATED)), /no change[\s\S]*Nothing more than before\./);
  });

  it('shows what a name holds, and is nothing else', () => {
    const page = diffHtml(hostile());
    assert.doesNotMatch(page, /<img|<\/style><|\u202e/);
    assert.ok(!page.includes('\u001b'));
    assert.match(
      page,
      /&lt;\/style&gt;&lt;img src=x onerror=y&gt; &quot;&#39;&amp; \[a\]\(https:\/\/evil\.example\) @ana ⟨U\+202E⟩⟨U\+001B⟩/,
    );
  });
});

describe('a comparison as a comment', () => {
  const CALLER = `${HEAD.replace('playbook: example', 'playbook: caller')}  - id: contain\n    call: x.playbook.yaml\n`;

  it('tells an act once that several playbooks call, and folds away what is only looked up', () => {
    const comment = diffMarkdown(
      reportFrom({ [X]: GATED, 'y.playbook.yaml': CALLER }, { [X]: HOLE, 'y.playbook.yaml': CALLER }),
    );
    const [open = '', folded = ''] = comment.split('<details>');
    assert.equal(open.match(/\*\*identity\.suspend\*\*/g)?.length, 1);
    assert.match(open, /at suspend of example, x\.playbook\.yaml:\d+\. \*\*Against the policy\*\*\n/);
    assert.match(open, /Called in caller &#40;contain\/suspend&#41; as well\./);
    assert.match(open, /Path: ask &#40;rejected&#41; → suspend\n/);
    assert.match(folded, /identity\.suspend at contain\/suspend of caller, against the policy/);
    assert.match(folded, /<\/details>\n$/);
  });

  it('keeps apart what callers make different', () => {
    const held = CALLER.replace('call: x', 'autonomy: manual\n    call: x');
    const report = reportFrom({ [X]: GATED, 'y.playbook.yaml': held }, { [X]: HOLE, 'y.playbook.yaml': CALLER });
    assert.equal(report.changes.length, 2);
    assert.equal(
      diffMarkdown(report)
        .split('<details>')[0]
        ?.match(/\*\*identity\.suspend\*\*/g)?.length,
      2,
    );
  });

  it('tells a reason once that many acts share', () => {
    const policy = EXAMPLE_FILES['example.policy.yaml'] ?? '';
    const twice = `${GATED.replace('grants: [suspend]', 'grants: [suspend, again]')}${ACT.replace('id: suspend', 'id: again')}`;
    const wider = policy.replace('[ana@soc.example, ', '[ana@soc.example, zoe@soc.example, ');
    assert.notEqual(wider, policy);
    const comment = diffMarkdown(reportFrom({ [X]: twice }, { [X]: twice, 'example.policy.yaml': wider }));
    assert.equal(comment.match(/may approve it/g)?.length, 1);
    assert.match(
      comment,
      /- At .*zoe.* may approve it, too\. Cause: roles\.\n {2}- \*\*identity\.suspend\*\* .* at again of example.*\n {2}- \*\*identity\.suspend\*\* .* at suspend of example/,
    );
  });

  it('counts acts that share a reason where there are very many', () => {
    const ids = Array.from({ length: 60 }, (_, at) => `act_${at}`);
    const acts = ids.map((id) => ACT.replace('id: suspend', `id: ${id}`)).join('');
    const text = `${GATED.replace('grants: [suspend]', `grants: [suspend, ${ids.join(', ')}]`)}${acts}`;
    const policy = EXAMPLE_FILES['example.policy.yaml'] ?? '';
    const wider = policy.replace('[ana@soc.example, ', '[ana@soc.example, zoe@soc.example, ');
    const [open = ''] = diffMarkdown(reportFrom({ [X]: text }, { [X]: text, 'example.policy.yaml': wider })).split(
      '<details>',
    );
    assert.equal(open.match(/^ {2}- \*\*identity/gm)?.length, 25);
    assert.match(open, /\n {2}- …and 36 more\.\n/);
  });

  it('stays within what a forge takes, and counts what is left out', () => {
    const [place] = many(1).changes.map(({ after }) => after?.place);
    const own = (at: number) => ({ ...place, range: { start: at, end: at + 1 } });
    const report = many(3_000);
    const apart = {
      ...report,
      changes: report.changes.map((change, at) =>
        change.after && place ? { ...change, after: { ...change.after, place: { ...place, ...own(at) } } } : change,
      ),
    };
    const comment = diffMarkdown(apart);
    assert.ok(comment.length < 65_536 && comment.length > 50_000, String(comment.length));
    const shown = comment.match(/^- \*\*identity/gm)?.length ?? 0;
    assert.ok(comment.includes(`…and ${3_000 - shown} more changes`));
    assert.ok(diffMarkdown(apart, { longest: 300_000 }).length > 200_000);
    const endless = { ...apart, changes: apart.changes.map((change) => ({ ...change, playbook: 'x'.repeat(70_000) })) };
    const cut = diffMarkdown(endless);
    assert.ok(cut.length < 65_536);
    assert.ok((cut.match(/^- \*\*identity/gm)?.length ?? 0) > 20, 'one that goes on for pages hides no other');
  });

  it('leads to the line of the head', () => {
    const comment = diffMarkdown(widened(), {
      linkTo: (file, line) => `https://forge.example/blob/1/${file}#L${line}`,
    });
    const line = ALONE.split('\n').findIndex((one) => one.includes('action: identity.suspend')) + 1;
    assert.ok(comment.includes(`[x.playbook.yaml:${line}](https://forge.example/blob/1/x.playbook.yaml#L${line})`));
  });

  it('keeps hostile names out of its markup', () => {
    const comment = diffMarkdown(hostile());
    assert.doesNotMatch(comment, /<img|<\/style>|\]\(https|@ana|\u202e/);
    assert.equal(comment.match(/<details>/g)?.length, 1);
  });
});
