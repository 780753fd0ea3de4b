import type { ExpressionSite } from '../authority/sites.js';
import { rangeOfTemplate, typeOfTemplate } from '../authority/template-type.js';
import type { Template } from '../expressions/expression.js';
import { describeType, isAssignable, typeFromSchema, type ValueType } from '../expressions/types.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const argumentType: PlaybookRule = {
  name: 'argument-type',
  group: 'types',
  severity: 'error',
  partial: true,
  what: 'An argument has a type its tool does not take.',
  why: 'The call is refused at run time.',
  fix: 'Give a value of the type the tool’s `input` says.',
  failing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: «42» }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  *check({ steps, tools, sites }): Generator<Problem> {
    const typeOf = new Map(sites.map((site: ExpressionSite) => [site.expression, site.checked.type]));
    const check = (value: Template, wanted: ValueType, name: string, tool: string): Problem | undefined => {
      const type = typeOfTemplate(value, typeOf);
      const range = rangeOfTemplate(value);
      if (!range || isAssignable(type, wanted)) return undefined;
      return report(
        argumentType,
        range,
        `"${name}" of ${tool} takes ${describeType(wanted)}, and this is ${describeType(type)}.`,
      );
    };
    for (const step of steps) {
      const tool = step.kind === 'action' ? tools.get(step.tool.value) : undefined;
      if (step.kind !== 'action' || !tool) continue;
      for (const { name, value } of step.with) {
        const schema = tool.input.properties?.[name.value];
        const problem = schema && check(value, typeFromSchema(schema), name.value, tool.name.value);
        if (problem) yield problem;
      }
    }
  },
};
