// `npm run mutants [-- NAME...]`: plants known mistakes into the part of the runner that decides, enforces and asks people, one
// at a time, and runs the tests that have to notice. A mistake is an exact change of the compiled text, in a copy of it; one
// whose text is no longer there, or is there twice, fails as well: then this list has to follow the program. Exit code 1 when
// a mistake survives. `--check` only looks whether each can still be planted. docs/security.md has the table.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const DECIDE = 'decide/decide.test.js';
const ENFORCE = 'enforce/enforce.test.js';
const GATE = 'engine/gate.test.js';
const ANSWERS = 'engine/answers.test.js';
const UNDO = 'engine/undo.test.js';

/** One mistake: in which file, what is put in the place of what, which tests have to notice, and what it amounts to. */
export const MUTANTS = [
  mutant('quorum-counts-duplicates', 'decide/approval.js', DECIDE, 'One person who is named twice counts as two.', [
    '[...new Set(approval.approvers)].filter(',
    'approval.approvers.filter(',
  ]),
  mutant(
    'person-approves-twice',
    'engine/approval-round.js',
    GATE,
    'The same person may answer again and count again.',
    ['return approvedBy.includes(answer.as) ?', 'return false ?'],
  ),
  mutant('role-not-checked', 'decide/approval.js', DECIDE, 'Who approved need not hold a role.', [
    '.filter((person) => eligible.has(person)).sort()',
    '.sort()',
  ]),
  mutant('anybody-answers', 'engine/approval-round.js', ANSWERS, 'An answer counts, whoever gives it.', [
    'if (!terms.eligible.includes(answer.as)) {',
    'if (false) {',
  ]),
  mutant(
    'requester-approves',
    'engine/approval-terms.js',
    GATE,
    'Whoever started the run, and the agent, may approve.',
    ['new Set([user, model.id, ', 'new Set(['],
  ),
  mutant(
    'resumer-approves',
    'engine/approval-terms.js',
    'resume/resumer.test.js',
    'Whoever had a run go on approves what it asks then.',
    ['...before, ...resumers(), ', '...before, '],
  ),
  mutant(
    'distinct-from-ignored',
    'engine/approval-terms.js',
    GATE,
    'Approvers of a gate it must be distinct from count.',
    ['new Set([user, model.id, ...before, ', 'new Set([user, model.id, '],
  ),
  mutant('silence-approves', 'engine/approval-round.js', GATE, 'Whoever does not answer approves.', [
    "const answer = waited.kind === 'done' ? waited.value : undefined;",
    "const answer = (waited.kind === 'done' ? waited.value : undefined) ?? { decision: 'approve', as: terms.eligible[0], reason: '' };",
  ]),
  mutant(
    'rejection-ignored',
    'engine/approval-round.js',
    GATE,
    'After a refusal it is asked on, until somebody approves.',
    ["return close({ outcome: 'rejected', because: `${answer.as} rejected it: ${why}` });", 'break;'],
  ),
  mutant('expiry-ignored', 'decide/approval.js', DECIDE, 'Approvals never expire.', [
    'if (expires !== null && !(now < expires))',
    'if (false)',
  ]),
  mutant('permit-outlives-approval', 'enforce/enforce.js', ENFORCE, 'A permit is good after its approval expired.', [
    'if (bound.expires !== null && !(clock.now() < bound.expires)) {',
    'if (false) {',
  ]),
  mutant(
    'use-not-consumed',
    'engine/state.js',
    'engine/{gate,retry,loop,answers}.test.js',
    'An execution uses nothing up.',
    ['usesLeft: held.usesLeft - 1', 'usesLeft: held.usesLeft'],
  ),
  mutant(
    'asked-again-keeps-approval',
    'engine/state.js',
    'engine/{gate,loop}.test.js',
    'A gate that asks again leaves the old approval standing.',
    ['return { ...state, approvals: state.approvals.filter((held) => held.gate !== event.gate) };', 'return state;'],
  ),
  mutant(
    'approval-through-call',
    'engine/state.js',
    'engine/call.test.js',
    'Approvals outlive the called playbook they were given in.',
    ['const inside = (path) => path.startsWith(event.prefix);', 'const inside = () => false;'],
  ),
  mutant('approval-of-any-call', 'decide/approval.js', DECIDE, 'An approval is good for other arguments.', [
    '    if (approval.digest !== digest) {',
    '    if (false) {',
  ]),
  mutant(
    'digest-not-rechecked',
    'enforce/enforce.js',
    ENFORCE,
    'What is executed is not compared with what was permitted.',
    ['if (call.digest !== bound.digest || callDigest(call, binding) !== bound.digest) {', 'if (false) {'],
  ),
  mutant('permit-reusable', 'enforce/enforce.js', ENFORCE, 'A permit is good for several executions.', [
    'if (bound.used)',
    'if (false)',
  ]),
  mutant('permit-forged', 'enforce/enforce.js', ENFORCE, 'The digest of a call is believed.', [
    'const honest = callDigest(call, binding) === call.digest;',
    'const honest = true;',
  ]),
  mutant('modifier-approves', 'engine/approval-round.js', ANSWERS, 'Who changed a proposal may approve it.', [
    'changedBy: [...new Set([...changedBy, answer.as])] };',
    'changedBy };',
  ]),
  mutant(
    'change-not-decided-on',
    'engine/approval-changes.js',
    ANSWERS,
    'A changed call is not looked at before it is asked.',
    ['const problem = recheck(call);', 'const problem = undefined;'],
  ),
  mutant(
    'change-outlives-rebinding',
    'engine/approved-call.js',
    ANSWERS,
    'A change holds for whatever the step would call later.',
    ['(held.changed?.from ?? held.digest) === own.digest &&', ''],
  ),
  mutant(
    'modification-keeps-approvals',
    'engine/approval-round.js',
    ANSWERS,
    'What was approved before a change counts after it.',
    ['    const approvedBy = [];', '    const approvedBy = (question.kept ??= []);'],
  ),
  mutant('escalation-to-anybody', 'engine/approval-round.js', ANSWERS, 'A question goes to any role somebody names.', [
    'if (!escalateTo.includes(answer.to)) {',
    'if (false) {',
  ]),
  mutant(
    'escalation-around-policy',
    'engine/approval-terms.js',
    ANSWERS,
    'Roles that the policy asks for are not looked at.',
    ['{ roleSets }, policy)', '{ roleSets: [] }, policy)'],
  ),
  mutant(
    'end-ends-the-callee-only',
    'engine/call.js',
    ANSWERS,
    'Who ends the run ends only the playbook that was called.',
    ['if (ending.wholeRun)', 'if (false)'],
  ),
  mutant('names-by-prefix', 'decide/decide.js', DECIDE, 'A grant is good for tools whose names start like it.', [
    'if (!step.grants.includes(name))',
    'if (!step.grants.some((grant) => name.startsWith(grant)))',
  ]),
  mutant('forbid-ignored', 'decide/decide.js', DECIDE, 'A tool that the policy forbids runs.', [
    'policy?.forbid.some((tool) => tool.value === name)',
    'false',
  ]),
  mutant('always-gate-ignored', 'decide/decide.js', DECIDE, 'A tool that is always to be approved runs at its level.', [
    '    if (isAlwaysGated(tool, policy))\n',
    '    if (false)\n',
  ]),
  mutant(
    'no-policy-allows',
    'decide/decide.js',
    DECIDE,
    'Without a policy the step’s own level is in force.',
    ['if (!harmless && policy === undefined) {', 'if (false) {'],
    [
      "return deny('no-policy', 'Without a policy nothing consequential runs, and nobody holds a role.');",
      'return permit(effective.level, effective.because);',
    ],
  ),
  mutant('where-ignored', 'decide/decide.js', DECIDE, 'Arguments outside their bounds are fine.', [
    "if (step.where.kind === 'unmet') {",
    'if (false) {',
  ]),
  mutant('max-calls-ignored', 'decide/decide.js', DECIDE, 'A tool may be called without end.', [
    'if (step.maxCalls !== null && !(step.calls < step.maxCalls)) {',
    'if (false) {',
  ]),
  mutant('budget-ignored', 'decide/decide.js', DECIDE, 'A call runs although the budget is used up.', [
    'if (input.budgetExceeded !== null)',
    'if (false)',
  ]),
  mutant('notify-without-undo', 'decide/decide.js', DECIDE, 'An act runs at notify although nothing undoes it.', [
    'if (!tool.reversible || tool.undo === undefined) {',
    'if (false) {',
  ]),
  mutant('undo-by-anybody', 'decide/decide.js', UNDO, 'Anybody takes an act back.', [
    'if (!undo.people.includes(undo.by) || !requirement.roleSets.every(holds)) {',
    'if (false) {',
  ]),
  mutant('undo-without-end', 'decide/decide.js', UNDO, 'An act is taken back after its time.', [
    'if (undo.until !== null && !(input.now < undo.until)) {',
    'if (false) {',
  ]),
  mutant('order-to-end-ignored', 'enforce/enforce.js', ENFORCE, 'A run goes on although somebody ended it.', [
    'const order = stopped();',
    'const order = undefined;',
  ]),
  mutant(
    'order-not-looked-at-last',
    'enforce/enforce.js',
    ENFORCE,
    'An order that comes while the intent is written is overlooked.',
    ['if (stop !== undefined) {', 'if (false) {'],
  ),
];

function mutant(name, file, tests, what, ...edits) {
  return { name, file: `runner/${file}`, tests: `runner/${tests}`, what, edits };
}

/** The text with the mistake in it. Throws when it cannot be planted. */
export function planted(text, { name, file, edits }) {
  let mutated = text;
  for (const [find, replace] of edits) {
    const times = mutated.split(find).length - 1;
    if (times !== 1)
      throw new Error(`"${name}" is stale: its text is ${times === 0 ? 'not' : `${times} times`} in ${file}: ${find}`);
    mutated = mutated.replace(find, () => replace);
  }
  return mutated;
}

/** Plants each mistake in turn, in a copy of what is compiled. */
function hunt(mutants) {
  const copy = mkdtempSync(path.join(tmpdir(), 'countersign-mutants-'));
  const survivors = [];
  try {
    for (const part of ['runner', 'language'])
      cpSync(path.join(root, 'out', part), path.join(copy, 'out', part), { recursive: true });
    mkdirSync(path.join(copy, 'out'), { recursive: true });
    cpSync(path.join(root, 'package.json'), path.join(copy, 'package.json'));
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
    const passes = (tests) => {
      const words = [path.join(root, 'node_modules/mocha/bin/mocha.js'), '--bail', '--timeout', '20000', '-R', 'dot'];
      const { status, signal, error } = spawnSync(process.execPath, [...words, ...filesOf(tests)], {
        cwd: copy,
        stdio: 'ignore',
        timeout: 120_000,
      });
      if (status === null)
        throw new Error(`${tests} was ended (${error?.message ?? signal}), so nothing can be told by it.`);
      return status === 0;
    };
    for (const tests of new Set(mutants.map((one) => one.tests)))
      if (!passes(tests)) throw new Error(`${tests} does not pass as it is, so nothing can be told by it.`);
    for (const one of mutants) {
      const file = path.join(copy, 'out', one.file);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, planted(text, one));
      const killed = !passes(one.tests);
      writeFileSync(file, text);
      console.log(`${killed ? 'killed  ' : 'SURVIVED'}  ${one.name.padEnd(30)} by ${one.tests}`);
      if (!killed) survivors.push(one.name);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return survivors;
}

/** `engine/{a,b}.test.js` is both. */
function filesOf(tests) {
  const [, before = '', names = '', after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(tests) ?? [];
  const files = names === '' ? [tests] : names.split(',').map((name) => before + name + after);
  return files.map((file) => path.join('out', file));
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  const wanted = words.filter((word) => !word.startsWith('--'));
  const chosen = wanted.length === 0 ? MUTANTS : MUTANTS.filter(({ name }) => wanted.includes(name));
  try {
    for (const one of chosen) planted(readFileSync(path.join(root, 'out', one.file), 'utf8'), one);
    const survivors = words.includes('--check') ? [] : hunt(chosen);
    if (!words.includes('--check'))
      console.log(`${chosen.length - survivors.length} of ${chosen.length} planted faults killed.`);
    process.exitCode = survivors.length === 0 && chosen.length > 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
