import {
  type Condition,
  type Handler,
  type Inline,
  type ListSource,
  PEOPLE,
  type Playbook,
  POLICIES,
  type Policy,
  type Program,
  ROLE,
  type Source,
  type Step,
  TOOLS,
  type Tool,
} from './playbook.js';

export const CATALOG_FILE = 'c.tools.yaml';

/** The catalog and the policies, by file name: the same for every program, so that a host can keep what it read of them. */
const FIXED_FILES: ReadonlyMap<string, string> = new Map([
  [CATALOG_FILE, catalogText()],
  ...POLICIES.map((policy): [string, string] => [policyFile(policy), policyText(policy)]),
]);

export function policyFile(policy: Policy): string {
  return `${policy.name}.policy.yaml`;
}

export function playbookFile(playbook: Playbook): string {
  return `${playbook.name}.playbook.yaml`;
}

/** The files of `program`, by name, the main playbook first. */
export function printProgram(program: Program): ReadonlyMap<string, string> {
  const playbooks = [program.main, ...program.callees];
  const files = new Map(playbooks.map((playbook) => [playbookFile(playbook), printPlaybook(playbook, program)]));
  for (const name of [CATALOG_FILE, ...(program.policy ? [policyFile(program.policy)] : [])]) {
    files.set(name, FIXED_FILES.get(name) ?? '');
  }
  return files;
}

function catalogText(): string {
  return `catalog: c\ntools:\n${TOOLS.map(toolText).join('')}`;
}

function printPlaybook(playbook: Playbook, { policy }: Program): string {
  const lines = [
    `playbook: ${playbook.name}`,
    'version: 1.0.0',
    'title: T',
    'operating-model: ai-augmented',
    'owner: o',
    `accountable: ${ROLE}`,
    `catalogs: [${CATALOG_FILE}]`,
    'trigger: { class: detection_finding }',
  ];
  if (policy) lines.push(`policy: ${policyFile(policy)}`);
  if (playbook.autonomy) lines.push(`autonomy: ${playbook.autonomy}`);
  if (playbook.inputs.length > 0) {
    lines.push(`inputs: { ${playbook.inputs.map((name) => `${name}: { type: string }`).join(', ')} }`);
  }
  const defaults: string[] = [];
  if (playbook.defaults.autonomy) defaults.push(`autonomy: ${playbook.defaults.autonomy}`);
  if (playbook.defaults.onError) defaults.push(`on-error: ${playbook.defaults.onError}`);
  if (playbook.defaults.timeout !== undefined) defaults.push(`timeout: ${time(playbook.defaults.timeout)}`);
  if (defaults.length > 0) lines.push(`defaults: { ${defaults.join(', ')} }`);
  lines.push('steps:');
  list(playbook.steps, '', lines);
  return `${lines.join('\n')}\n`;
}

function list(steps: readonly Step[], indent: string, lines: string[]): void {
  for (const step of steps) {
    const at = lines.length;
    stepLines(step, `${indent}  `, lines);
    lines[at] = `${indent}- ${lines[at]?.trimStart()}`;
  }
}

function stepLines(step: Step, indent: string, lines: string[]): void {
  const say = (line: string): void => {
    lines.push(indent + line);
  };
  const nested = (key: string, steps: readonly Step[]): void => {
    if (steps.length === 0) say(`${key}: []`);
    else {
      say(`${key}:`);
      list(steps, indent, lines);
    }
  };
  say(`id: ${step.id}`);
  switch (step.kind) {
    case 'action':
      say(`action: ${step.tool}`);
      say(`with: { x: ${text(step.x)} }`);
      if (step.where) say('where: args.x in alert.entities.users');
      inline(step.approval, say);
      if (step.notify) say(`notify: { roles: [${ROLE}] }`);
      break;
    case 'agent': {
      const tools = step.grants.map((grant) => {
        if (!grant.where && grant.maxCalls === undefined) return grant.tool;
        const where = grant.where ? ', where: args.x in alert.entities.users' : '';
        const most = grant.maxCalls === undefined ? '' : `, max-calls: ${grant.maxCalls}`;
        return `{ use: ${grant.tool}${where}${most} }`;
      });
      say(`agent: { goal: G, tools: [${tools.join(', ')}], output: { v: { type: string } } }`);
      say(`budget: { turns: 5${step.budgetTime === undefined ? '' : `, time: ${time(step.budgetTime)}`} }`);
      inline(step.approval, say);
      if (step.notify) say(`notify: { roles: [${ROLE}] }`);
      break;
    }
    case 'gate':
      say('gate:');
      say('  ask: Q');
      say(`  grants: [${step.grants.join(', ')}]`);
      say(`  approvers: { roles: [${ROLE}]${step.quorum === undefined ? '' : `, quorum: ${step.quorum}`} }`);
      if (step.stands !== undefined) say(`  timeout: ${time(step.stands)}`);
      if (step.uses !== undefined) say(`  uses: ${step.uses}`);
      if (step.expires !== undefined) say(`  expires: ${time(step.expires)}`);
      handler('on-reject', step.onReject, indent, lines);
      handler('on-timeout', step.onTimeout, indent, lines);
      break;
    case 'manual':
      say(`manual: { task: T, role: ${ROLE}, output: { v: { type: string } } }`);
      break;
    case 'if':
      say(`if: ${condition(step.condition)}`);
      nested('then', step.then);
      if (step.else) nested('else', step.else);
      break;
    case 'switch':
      say(`switch: "steps.${step.on}.outcome == 'ok' ? steps.${step.on}.output.k : 'r'"`);
      say('cases:');
      for (const one of step.cases) {
        if (one.steps.length === 0) say(`  ${one.value}: []`);
        else {
          say(`  ${one.value}:`);
          list(one.steps, `${indent}  `, lines);
        }
      }
      if (step.default) nested('default', step.default);
      break;
    case 'for-each':
      say(`for-each: { item: ${step.item}, in: ${listText(step.in)}, max: ${step.max} }`);
      nested('steps', step.steps);
      break;
    case 'parallel':
      say(`parallel: ${step.join}`);
      say('branches:');
      for (const branch of step.branches) {
        say(`  ${branch.name}:`);
        list(branch.steps, `${indent}  `, lines);
      }
      break;
    case 'call': {
      say(`call: ${step.playbook}.playbook.yaml`);
      const inputs = Object.entries(step.inputs);
      if (inputs.length > 0)
        say(`with: { ${inputs.map(([name, sources]) => `${name}: ${text(sources)}`).join(', ')} }`);
      break;
    }
    case 'stop':
      say(`stop: { outcome: ${step.outcome} }`);
      break;
  }
  if (step.when) say(`when: ${condition(step.when)}`);
  if (step.autonomy) say(`autonomy: ${step.autonomy}`);
  if (step.timeout !== undefined) say(`timeout: ${time(step.timeout)}`);
  if ((step.kind === 'action' || step.kind === 'agent') && step.retry) {
    const delay = step.retry.delay === undefined ? '' : `, delay: ${time(step.retry.delay)}`;
    say(`retry: { attempts: ${step.retry.attempts}${delay} }`);
  }
  handler('on-error', step.onError, indent, lines);
}

function handler(key: string, one: Handler | undefined, indent: string, lines: string[]): void {
  if (!one) return;
  if (one.steps.length === 0) lines.push(`${indent}${key}: ${one.then}`);
  else if (one.then === 'stop') {
    lines.push(`${indent}${key}:`);
    list(one.steps, indent, lines);
  } else {
    lines.push(`${indent}${key}:`, `${indent}  then: continue`, `${indent}  steps:`);
    list(one.steps, `${indent}  `, lines);
  }
}

function inline(approval: Inline | undefined, say: (line: string) => void): void {
  if (!approval) return;
  const timeout = approval.timeout === undefined ? '' : `, timeout: ${time(approval.timeout)}`;
  const expires = approval.expires === undefined ? '' : `, expires: ${time(approval.expires)}`;
  say(`approval: { roles: [${ROLE}], quorum: 2${timeout}${expires} }`);
}

function text(sources: readonly Source[]): string {
  const [only] = sources;
  if (sources.length === 1 && only?.from === 'constant') return only.value;
  return `"${sources.map((one) => (one.from === 'constant' ? one.value : `\${{ ${expression(one)} }}`)).join('|')}"`;
}

function expression(source: Source): string {
  switch (source.from) {
    case 'constant':
      return `'${source.value}'`;
    case 'alert':
      return 'alert.finding_info.title';
    case 'output':
      return `steps.${source.step}.outcome == 'ok' ? steps.${source.step}.output.v : 'none'`;
    case 'item':
      return source.name;
    case 'input':
      return `inputs.${source.name}`;
  }
}

function listText(source: ListSource): string {
  switch (source.from) {
    case 'constant':
      return `"[${source.values.map((value) => `'${value}'`).join(', ')}]"`;
    case 'alert':
      return `alert.entities.${source.entities}`;
    case 'output':
      return `"steps.${source.step}.outcome == 'ok' ? steps.${source.step}.output.l : []"`;
  }
}

function condition(one: Condition): string {
  return one.from === 'alert'
    ? 'alert.severity_id > 2'
    : `"steps.${one.step}.outcome == 'ok' && steps.${one.step}.output.v == 'p'"`;
}

function time(milliseconds: number): string {
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000}m` : `${milliseconds / 1000}s`;
}

function toolText(tool: Tool): string {
  const output =
    tool.effect === 'read'
      ? '{ v: { type: string }, k: { enum: [p, q, r] }, l: { type: array, items: { type: string } } }'
      : '{ v: { type: string } }';
  const lines = [
    `  ${tool.name}:`,
    '    description: D',
    `    effect: ${tool.effect}`,
    `    reversible: ${tool.reversible}`,
    ...(tool.undo ? [`    undo: ${tool.undo}`] : []),
    ...(tool.autonomy ? [`    autonomy: ${tool.autonomy}`] : []),
    '    idempotent: true',
    '    target: x',
    '    input: { x: { type: string } }',
    `    output: ${output}`,
  ];
  return `${lines.join('\n')}\n`;
}

function policyText(policy: Policy): string {
  const lines = [`policy: ${policy.name}`, 'roles:', `  ${ROLE}: [${PEOPLE.join(', ')}]`];
  if (policy.ceilings.length > 0) lines.push('ceilings:');
  for (const ceiling of policy.ceilings) {
    const parts = [
      ...(ceiling.effect ? [`effect: ${ceiling.effect}`] : []),
      ...(ceiling.tool ? [`tool: ${ceiling.tool}`] : []),
      `autonomy: ${ceiling.autonomy}`,
      ...(ceiling.quorum === undefined ? [] : [`quorum: ${ceiling.quorum}`]),
    ];
    lines.push(`  - { ${parts.join(', ')} }`);
  }
  if (policy.alwaysGate.length > 0) lines.push(`always-gate: [${policy.alwaysGate.join(', ')}]`);
  return `${lines.join('\n')}\n`;
}
