import type { ExpressionSite } from '../authority/sites.js';
import { rangeOfTemplate, typeOfTemplate } from '../authority/template-type.js';
import { describeType, isAssignable, typeFromSchema } from '../expressions/types.js';
import type { Problem } from '../problem.js';
import { parametersOf } from './parameters.js';
import { type PlaybookRule, report } from './rule.js';

export const argumentType: PlaybookRule = {
  name: 'argument-type',
  group: 'types',
  severity: 'error',
  partial: true,
  reach: 'step',
  what: 'An argument has a type that its tool, or the playbook it calls, does not take.',
  why: 'The call is refused at run time.',
  fix: 'Give a value of the type the tool’s `input`, or the called playbook’s `inputs`, says.',
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
  *check(context): Generator<Problem> {
    const typeOf = new Map(context.sites.map((site: ExpressionSite) => [site.expression, site.checked.type]));
    for (const { name: callee, given, takes, related } of parametersOf(context)) {
      for (const { name, value } of given) {
        const schema = takes.properties?.[name.value];
        const range = rangeOfTemplate(value);
        if (!schema || !range) continue;
        const wanted = typeFromSchema(schema);
        const type = typeOfTemplate(value, typeOf);
        if (isAssignable(type, wanted)) continue;
        yield report(
          this,
          range,
          `"${name.value}" of ${callee.value} takes ${describeType(wanted)}, and this is ${describeType(type)}.`,
          { related },
        );
      }
    }
  },
};
