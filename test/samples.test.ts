import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { recordOf, recordText } from '../cli/boundary/record-text.js';
import { boundaryOf } from '../language/authority/boundary.js';
import { isAbove } from '../language/authority/effective-autonomy.js';
import { checkFile } from '../language/check-file.js';
import { readEffects } from '../language/foreign/effects/catalog.js';
import { EFFECTS_FILE } from '../language/foreign/may-be.js';
import type { FileHost } from '../language/host.js';
import { type LoadedPlaybook, loadPlaybook } from '../language/load.js';
import { alertProblem, loadCase } from '../language/load-case.js';
import { loadPolicyTest } from '../language/load-policy-test.js';
import { alertEntities } from '../language/model/entities.js';
import type { JsonSchema } from '../language/model/json-schema.js';
import { allSteps, type Step } from '../language/model/playbook.js';
import { parseYaml } from '../language/syntax/parse.js';
import type { Json } from '../language/syntax/tree.js';
import { readBreaker } from '../runner/breaker/breaker.js';
import { readMeasure } from '../runner/breaker/measure.js';
import { measuredDigest } from '../runner/breaker/measured-digest.js';
import { runPolicyTests } from '../runner/policy-test/run-policy-tests.js';
import { readPlaybook } from '../runner/prepare.js';

/** The sample library is what newcomers read first and run first: it has to be right, and safe to publish. */
const LIBRARY = fileURLToPath(new URL('../../playbooks', import.meta.url));
const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
  .map((file) => path.join(LIBRARY, file))
  .filter((file) => /\.(yaml|json|jsonl|csv)$/.test(file))
  .sort();
const ofKind = (suffix: string): string[] => files.filter((file) => file.endsWith(suffix));
const read = (file: string): string => readFileSync(file, 'utf8');
const named = (file: string): string => path.relative(LIBRARY, file).split(path.sep).join('/');
/** What is in the library so that it is called out, and by which rule. Everything else has no problem. */
const CALLED_OUT: ReadonlyMap<string, readonly string[]> = new Map([
  ['drift/night-shift.playbook.yaml', ['operating-model-mismatch']],
]);
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const host: FileHost = { read: (uri) => (files.includes(path.normalize(uri)) ? read(path.normalize(uri)) : undefined) };

describe('sample library', () => {
  it('has playbooks, catalogs, a policy, alerts and cases', () => {
    for (const suffix of ['.playbook.yaml', '.tools.yaml', '.policy.yaml', '.alert.json', '.case.yaml']) {
      assert.notEqual(ofKind(suffix).length, 0, `no ${suffix}`);
    }
  });

  describe('has no problems', () => {
    for (const file of files.filter((one) => one.endsWith('.yaml') && !isContext(one) && !isEffects(one))) {
      it(named(file), () => {
        const { kind, problems } = checkFile(file, read(file), host);
        assert.notEqual(kind, undefined, 'the name says it is none of ours');
        if (CALLED_OUT.has(named(file))) return;
        assert.deepEqual(
          problems.map(({ rule, message }) => `${rule}: ${message}`),
          [],
        );
      });
    }
  });

  it('has for each policy with a breaker the measure it goes by, of the playbooks as they are', () => {
    const seen: string[] = [];
    for (const file of ofKind('.playbook.yaml')) {
      const read = readPlaybook(file);
      if ('ok' in read) continue; // the one that is called out cannot be run
      const { loaded } = read;
      const measure = loaded.policy?.breaker?.measure?.value;
      if (measure === undefined) continue;
      const kept = readMeasure(path.join(LIBRARY, 'policies', measure));
      assert.ok(kept.ok, kept.ok ? '' : kept.reason);
      const now = Date.parse(kept.measure.at);
      const breaker = readBreaker({ loaded, digest: measuredDigest(read), model: undefined, now });
      assert.ok(breaker);
      const anew = `Measure it anew: countersign evaluate, with --measure playbooks/policies/${measure}.`;
      for (const { tool, autonomy } of loaded.acts) {
        if (!tool || !isAbove(autonomy.level, 'approve')) continue;
        for (const { act } of breaker.judge(tool)) {
          assert.ok(act, `${named(file)} changed since it was measured. ${anew}`);
          seen.push(`${loaded.playbook.id?.value}: ${act.wrong} of ${act.of}`);
        }
      }
    }
    assert.deepEqual(seen, ['oauth-consent: 0 of 1'], 'too few to let it close alone, as the README says');
  });

  it('has one playbook that drifted: it acts with nobody on any path, which no claim covers', () => {
    for (const [name, rules] of CALLED_OUT) {
      const file = path.join(LIBRARY, name);
      const { problems } = checkFile(file, read(file), host);
      assert.deepEqual(
        problems.map(({ rule, severity }) => `${severity} ${rule}`),
        rules.map((rule) => `error ${rule}`),
      );
      assert.equal(boundaryOf(loadPlaybook(file, read(file), host)).operatingModel.computed, 'autonomous');
    }
  });

  it('has catalogs of other products’ actions that say one thing of each', () => {
    const catalogs = files.filter(isEffects);
    assert.notEqual(catalogs.length, 0);
    for (const file of catalogs) {
      const { problems, product, effects } = readEffects(read(file));
      assert.deepEqual(problems, [], named(file));
      assert.equal(`${product}${EFFECTS_FILE}`, path.basename(file));
      assert.notEqual(effects.size, 0, named(file));
    }
  });

  it('has tests of every policy, in which all is as expected and nothing of the policy is left out', () => {
    const { files: tested, policies } = runPolicyTests(
      ofKind('.policy.test.yaml').map((file) => loadPolicyTest(file, read(file), host)),
    );
    assert.deepEqual(policies.map(({ policy }) => path.normalize(policy.uri)).sort(), ofKind('.policy.yaml'));
    assert.deepEqual(
      tested.flatMap(({ results }) => results.filter(({ failures }) => failures.length > 0)),
      [],
    );
    assert.deepEqual(
      policies.flatMap(({ parts }) => parts.filter(({ exercised, held }) => !exercised || !held)),
      [],
    );
  });

  it('has context that is data, and that some playbook names', () => {
    const used = ofKind('.playbook.yaml').flatMap((file) => loadPlaybook(file, read(file), host).dependencies);
    for (const file of files.filter(isContext)) {
      assert.deepEqual(parseYaml(read(file)).problems, [], named(file));
      assert.ok(used.map(path.normalize).includes(file), `${named(file)} is named nowhere`);
    }
  });

  describe('has playbooks with a record of their boundary that says what is so', () => {
    for (const file of ofKind('.playbook.yaml')) {
      it(named(file), () => {
        const record = read(recordOf(file)).replaceAll('\r\n', '\n');
        assert.equal(record, recordText(boundaryOf(loadPlaybook(file, read(file), host)), file));
      });
    }
  });

  describe('has playbooks with a boundary that is proven', () => {
    for (const file of ofKind('.playbook.yaml').filter((one) => !CALLED_OUT.has(named(one)))) {
      it(named(file), () => {
        const { cells, operatingModel } = boundaryOf(loadPlaybook(file, read(file), host));
        // People who do everything themselves leave a machine nothing to be bounded in.
        assert.equal(cells.length === 0, operatingModel.computed === 'traditional');
        assert.deepEqual(
          cells.filter(({ verdict }) => verdict !== 'proven' && verdict !== 'runtime').map(({ step }) => step),
          [],
        );
        assert.equal(operatingModel.computed, operatingModel.declared);
      });
    }
  });

  describe('has alerts that are OCSF Detection Findings', () => {
    for (const file of ofKind('.alert.json')) {
      it(named(file), () => {
        const alert: Json = JSON.parse(read(file));
        assert.equal(alertProblem(alert), undefined);
      });
    }
  });

  describe('has alerts whose observables are values of the alert', () => {
    for (const file of ofKind('.alert.json')) {
      it(named(file), () => {
        const { observables, ...rest } = JSON.parse(read(file));
        const elsewhere = new Set(strings(rest));
        const domains = new Set(alertEntities({ observables }).domain);
        for (const { value } of observables) {
          const isSender = domains.has(value) && [...elsewhere].some((one) => one.endsWith(`@${value}`));
          const found = isSender || elsewhere.has(value);
          assert.ok(found, `${value} occurs nowhere else`);
        }
      });
    }
  });

  describe('has cases that name what is there', () => {
    for (const file of ofKind('.case.yaml')) {
      it(named(file), () => {
        const { case: sample, alert } = loadCase(file, read(file), host);
        assert.equal(`${sample.id?.value}.case.yaml`, path.basename(file));
        assert.notEqual(alert, undefined, 'the alert is not there');
        assert.ok(sample.title && sample.description, 'says nothing about what is worth seeing');
        const playbookFile = path.join(LIBRARY, `${sample.playbook?.value}.playbook.yaml`);
        const playbook = loadPlaybook(playbookFile, read(playbookFile), host);
        const { policy } = playbook;
        const tools = new Map([...allPlaybooks(playbook)].flatMap((one) => [...one.tools]));
        for (const answer of sample.answers) {
          const tool = tools.get(answer.tool.value);
          assert.ok(tool, `${answer.tool.value} is in no catalog of the playbook`);
          const fits = (schema: JsonSchema, value: unknown): void => {
            const valid = ajv.validate(schema, value);
            assert.ok(valid, `${answer.tool.value} ${JSON.stringify(value)}: ${ajv.errorsText()}`);
          };
          fits(tool.input, answer.with);
          if (answer.error === undefined) fits(tool.output, answer.output);
        }
        for (const step of sample.turns.keys()) assert.equal(stepAt(playbook, step)?.kind, 'agent', step);
        for (const { step } of sample.tasks) assert.ok(isForPeople(stepAt(playbook, step.value)), step.value);
        const people = new Set([...(policy?.roles.values() ?? [])].flat().map((person) => person.value));
        for (const { gate, as, decision } of sample.approvals) {
          assert.ok(stepAt(playbook, gate.value), `${gate.value} is no step`);
          if (decision !== 'silence') assert.ok(people.has(as), `${as} holds no role`);
        }
      });
    }
  });

  describe('names nobody and nothing real', () => {
    for (const file of files.filter((one) => !isEffects(one))) {
      it(named(file), () => {
        const text = read(file);
        const outside = (pattern: RegExp, reserved: RegExp): string[] =>
          [...text.matchAll(pattern)].map((match) => match[0]).filter((one) => !reserved.test(one));
        // RFC 2606, RFC 5737 and RFC 7042 keep these for documentation.
        assert.deepEqual(outside(/(?<=@|:\/\/)[\w.-]+[\w]/g, /\.example$/), [], 'a host that may be real');
        assert.deepEqual(
          outside(
            /\b[\w-]+\.(com|net|org|io|info|biz|gov|edu|dev|app|cloud|xyz|ai|co|eu|uk|de|nl|fr|us|ru|cn)\b/gi,
            /^$/,
          ),
          [],
          'a domain that may be real',
        );
        assert.deepEqual(
          outside(/\b\d{1,3}(\.\d{1,3}){3}\b/g, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/),
          [],
          'an address that may be real',
        );
        assert.deepEqual(
          outside(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, /^00:00:5E:00:53:/i),
          [],
          'a MAC that may be real',
        );
        assert.deepEqual(outside(/\+\d[\d ()-]{6,}\d/g, /^$/), [], 'what may be a telephone number');
      });
    }
  });
});

describe('what the sample library shows', () => {
  const playbooks = ofKind('.playbook.yaml').map((file) => loadPlaybook(file, read(file), host));
  const cases = ofKind('.case.yaml').map((file) => loadCase(file, read(file), host));

  it('is every operating model, over the same alerts in at least one investigation', () => {
    const models = new Set(playbooks.map((playbook) => boundaryOf(playbook).operatingModel.computed));
    assert.deepEqual([...models].sort(), ['ai-augmented', 'ai-soc', 'autonomous', 'tool-assisted', 'traditional']);
    const alerts = new Map<string, Set<string>>();
    for (const { case: sample } of cases) {
      const name = path.basename(sample.alert?.value ?? '');
      alerts.set(name, (alerts.get(name) ?? new Set()).add(sample.playbook?.value ?? ''));
    }
    assert.ok([...alerts.values()].filter((compared) => compared.size === 4).length >= 4);
  });

  it('is every construct of the language', () => {
    const kinds = new Set(playbooks.flatMap(({ playbook }) => [...allSteps(playbook.steps)].map(({ kind }) => kind)));
    assert.deepEqual(
      [...kinds].sort(),
      ['action', 'agent', 'call', 'for-each', 'gate', 'if', 'manual', 'parallel', 'stop', 'switch'].sort(),
    );
    const text = ofKind('.playbook.yaml').map(read).join('\n');
    for (const key of [
      'parallel: any',
      'at-once:',
      'retry:',
      'backoff:',
      'uses:',
      'expires:',
      'escalate-to:',
      'distinct-from:',
      'quorum:',
      'undo-within:',
      'review:',
      'autonomy: assist',
      'autonomy: notify',
      'on-timeout:',
      'then: continue',
      'feedback:',
      'context:',
      'inputs:',
    ])
      assert.ok(text.includes(key), `no sample has "${key}"`);
  });

  it('is alerts of every kind, and every case says which', () => {
    const truths = cases.flatMap((one) => one.case.truth ?? []);
    assert.deepEqual([...new Set(truths)].sort(), ['ambiguous', 'benign', 'malicious', 'novel']);
    assert.ok(cases.filter((one) => one.case.injected).length >= 10);
    for (const one of cases) assert.ok(one.case.truth, named(one.uri));
  });

  it('is what people answer: approval, refusal, silence, another role, and an act taken back', () => {
    const decisions = new Set(cases.flatMap((one) => one.case.approvals.map(({ decision }) => decision)));
    for (const decision of ['approve', 'reject', 'silence', 'escalate'] as const)
      assert.ok(decisions.has(decision), decision);
    assert.ok(cases.some((one) => one.case.undo.length > 0));
  });

  it('is told in its README: a paragraph for every playbook, a line for every policy', () => {
    const text = read(path.join(LIBRARY, 'README.md'));
    for (const { playbook } of playbooks) assert.ok(text.includes(`\n**${playbook.id?.value}**`), playbook.id?.value);
    for (const file of ofKind('.policy.yaml')) {
      const name = path.basename(file, '.policy.yaml');
      assert.ok(text.includes(`\n| \`${name}\` |`), name);
    }
  });

  it('is a case for every playbook that can run', () => {
    for (const { playbook, uri } of playbooks) {
      if (CALLED_OUT.has(named(uri))) continue;
      const own = cases.filter((one) => one.case.playbook?.value === playbook.id?.value);
      assert.ok(own.length > 0, uri);
    }
  });
});

/** What goes wrong when somebody edits a sample: one slip each, the rule that finds it, and the word it marks. */
const SLIPS: readonly { readonly in: string; readonly from: string; readonly to: string; readonly finds: string }[] = [
  { in: 'phishing-triage', from: 'alert.email.subject', to: 'alert.emial.subject', finds: 'unknown-member emial' },
  {
    in: 'phishing-triage',
    from: 'steps.headers.output.dmarc',
    to: 'steps.header.output.dmarc',
    finds: 'unknown-step header',
  },
  { in: 'phishing-triage', from: 'autonomy: autonomous', to: 'autonomy: autonomus', finds: 'invalid-value autonomus' },
  { in: 'phishing-triage', from: "dmarc == 'pass'", to: "dmarc == 'passed'", finds: "type-mismatch 'passed'" },
  { in: 'phishing-triage', from: 'novel:', to: 'nvel:', finds: 'non-exhaustive-switch nvel' },
  {
    in: 'phishing-triage',
    from: 'roles: [analyst, incident-commander]',
    to: 'roles: [analist]',
    finds: 'unknown-role analist',
  },
  {
    in: 'phishing-triage',
    from: 'autonomy: notify',
    to: 'autonomy: autonomous',
    finds: 'autonomy-above-ceiling autonomous',
  },
  { in: 'phishing-triage', from: '              review: 10%\n', to: '', finds: 'unreviewed-decision notify' },
  {
    in: 'phishing-triage',
    from: 'grants: [quarantine, warn]',
    to: 'grants: [quarantine]',
    finds: 'ungated-act mail.warn_recipients',
  },
  {
    in: 'phishing-triage',
    from: 'reason: Agent and headers and reputation of the sender agree.',
    to: 'reason: "${{ steps.investigate.output.summary }}"',
    finds: 'untrusted-argument steps.investigate.output.summary',
  },
  { in: 'phishing-triage', from: 'ai-soc', to: 'ai-augmented', finds: 'operating-model-mismatch ai-augmented' },
  { in: 'endpoint-malware', from: 'quorum: 2', to: 'quorum: 1', finds: 'quorum-too-small 1' },
  {
    in: 'endpoint-malware',
    from: ', pid: "${{ alert.evidences[0].process.pid }}"',
    to: '',
    finds: 'missing-argument edr.kill_process',
  },
  {
    in: 'endpoint-malware',
    from: '          approval: { roles: [analyst], timeout: 4h }\n',
    to: '',
    finds: 'ungated-act case.close',
  },
  {
    in: 'identity-takeover',
    from: 'roles: [incident-commander], quorum: 2, timeout: 30m',
    to: 'roles: [incident-comander], quorum: 2, timeout: 30m',
    finds: 'unknown-role incident-comander',
  },
  {
    in: 'identity-takeover',
    from: 'grants: [suspend, new_password]',
    to: 'grants: [suspend]',
    finds: 'ungated-act identity.require_password_change',
  },
  {
    in: 'identity-takeover',
    from: 'in: steps.investigate.output.accounts.filter(one, !(one in context.vips.accounts))',
    to: 'in: steps.investigate.output.acounts.filter(one, !(one in context.vips.accounts))',
    finds: 'unknown-member acounts',
  },
  {
    in: 'identity-takeover',
    from: 'user: "${{ account }}"',
    to: 'user: "${{ acount }}"',
    finds: 'unknown-variable acount',
  },
  {
    in: 'identity-takeover',
    from: 'context.changes.egress',
    to: 'context.changes.egres',
    finds: 'unknown-member egres',
  },
  {
    in: 'identity-takeover',
    from: 'host: "${{ host }}", ',
    to: '',
    finds: 'missing-argument contain-host.playbook.yaml',
  },
  {
    in: 'identity-takeover',
    from: 'contain-host.playbook',
    to: 'contain-hosts.playbook',
    finds: 'file-not-found contain-hosts.playbook.yaml',
  },
  {
    in: 'contain-host',
    from: 'host: "${{ inputs.host }}"',
    to: 'host: "${{ inputs.hosts }}"',
    finds: 'unknown-member hosts',
  },
];

describe('slips in the sample library', () => {
  for (const slip of SLIPS) {
    it(`${slip.in}: ${slip.to.trim() || `without "${slip.from.trim()}"`} is one problem, at the word`, () => {
      const file = path.join(LIBRARY, `${slip.in}.playbook.yaml`);
      const text = read(file).replace(slip.from, slip.to);
      assert.notEqual(text, read(file), `"${slip.from}" is not in it any more`);
      const found = loadPlaybook(file, text, host).problems;
      assert.deepEqual(
        found.map(({ rule, range }) => `${rule} ${text.slice(range.start, range.end)}`),
        [slip.finds],
      );
    });
  }
});

/** What actions of other products do. Their names are those products' own, addresses of their interfaces included. */
function isEffects(file: string): boolean {
  return file.endsWith(EFFECTS_FILE);
}

function isContext(file: string): boolean {
  return path.basename(path.dirname(file)) === 'context';
}

/** A playbook and all it calls. */
function* allPlaybooks(playbook: LoadedPlaybook): Generator<LoadedPlaybook> {
  yield playbook;
  for (const { loaded } of playbook.calls.values()) if (loaded) yield* allPlaybooks(loaded);
}

/** A step by its path: `contain/ask` is the step `ask` of the playbook that the step `contain` calls. */
function stepAt(playbook: LoadedPlaybook, at: string): Step | undefined {
  const [id = '', ...rest] = at.split('/');
  const step = playbook.stepOf.get(id);
  if (rest.length === 0) return step;
  const callee = step?.kind === 'call' ? playbook.calls.get(step)?.loaded : undefined;
  return callee && stepAt(callee, rest.join('/'));
}

/** Whether people do a step: a task, or a call that they make in a console of their own. */
function isForPeople(step: Step | undefined): boolean {
  return step?.kind === 'manual' || step?.autonomy?.value === 'assist';
}

/** Every string in a JSON value. */
function strings(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
