import { RULES } from '../../language/rules/index.js';
import { isRuleName } from '../../language/rules/names.js';
import { exampleText } from '../../language/rules/page.js';
import { closest } from '../../language/suggest.js';
import {
  ASSISTANT_TOOLS,
  type AssistantReply,
  type AssistantSurroundings,
  type AssistantTool,
} from '../protocol/assistant.js';
import type { Json, JsonObject } from '../protocol/trace.js';
import { schemaCheck } from '../tools/schema-check.js';
import { type DryRunParts, dryRun } from './dry-run.js';
import { OFFERED } from './offered.js';
import { boundary, explainAct } from './playbook.js';
import { no, replyOf } from './reply.js';
import { validate } from './validate.js';
import { workspaceOf } from './workspace.js';

export interface Assistant {
  /**
   * Answers one call of a language model: `tool` and `input` may be anything. Never rejects. Once `signal` aborts, a run
   * ends before its next effect, and what has not begun does not.
   */
  readonly answer: (
    tool: string,
    input: Json,
    surroundings: AssistantSurroundings,
    signal: AbortSignal,
  ) => Promise<AssistantReply>;
}

/** One for each connection: it makes one dry run at a time. */
export function createAssistant(parts: Omit<DryRunParts, 'signal'>): Assistant {
  const schemas = schemaCheck();
  let running = false;

  const dispatch = async (
    tool: AssistantTool,
    input: Members,
    surroundings: AssistantSurroundings,
    signal: AbortSignal,
  ): Promise<AssistantReply> => {
    const workspace = workspaceOf(surroundings);
    switch (tool) {
      case 'countersign_validate':
        return validate(
          { file: input.text('file'), text: input.text('text'), kind: input.one('kind', KINDS) },
          workspace,
        );
      case 'countersign_explain':
        return explain(input, workspace);
      case 'countersign_boundary':
        return boundary({ file: input.text('file') ?? '' }, workspace);
      case 'countersign_dry_run': {
        if (running) return no('A dry run is going on already. Ask for the next one when it has ended.');
        running = true;
        try {
          const wanted = {
            playbook: input.text('playbook') ?? '',
            case: input.text('case') ?? '',
            approvals: input.one('approvals', APPROVALS),
          };
          return await dryRun(wanted, workspace, surroundings, { ...parts, signal });
        } finally {
          running = false;
        }
      }
    }
  };

  return {
    async answer(name, input, surroundings, signal) {
      const tool = ASSISTANT_TOOLS.find((one) => one === name);
      if (tool === undefined) return no(`There is no tool "${name}". There are ${ASSISTANT_TOOLS.join(', ')}.`);
      if (signal.aborted) return no('This was cancelled before it began.');
      try {
        const problem = schemas.problem(OFFERED[tool].inputSchema, input);
        if (problem !== null || !isObject(input)) {
          const takes = Object.keys(OFFERED[tool].inputSchema.properties ?? {}).join(', ');
          return no(`The input does not fit ${tool}: ${problem ?? 'it must be an object'}. It takes ${takes}.`);
        }
        return await dispatch(tool, membersOf(input), surroundings, signal);
      } catch (error) {
        return no(`A fault inside Countersign: ${error instanceof Error ? error.message : String(error)}.`);
      }
    },
  };
}

const KINDS = ['playbook', 'tools', 'policy', 'case', 'config'] as const;
const APPROVALS = ['case', 'deny'] as const;

/** The members of an input that its schema has let through. */
interface Members {
  readonly text: (name: string) => string | undefined;
  readonly one: <T extends string>(name: string, of: readonly T[]) => T | undefined;
}

function membersOf(input: JsonObject): Members {
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return { text, one: (name, of) => of.find((one) => one === text(name)) };
}

function explain(input: Members, workspace: ReturnType<typeof workspaceOf>): AssistantReply {
  const [rule, file, step, tool] = ['rule', 'file', 'step', 'tool'].map(input.text);
  if (rule !== undefined && (file ?? step ?? tool) === undefined) return explainRule(rule);
  if (rule === undefined && file !== undefined && step !== undefined)
    return explainAct({ file, step, tool }, workspace);
  return no(
    'Say what to explain: either "rule", or "file" and "step" of a playbook, with "tool" where it has several.',
  );
}

function explainRule(name: string): AssistantReply {
  const rule = isRuleName(name) ? RULES.find((one) => one.name === name) : undefined;
  if (rule === undefined) {
    const meant = closest(
      name,
      RULES.map((one) => one.name),
    );
    return no(`There is no rule "${name}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`);
  }
  const { group, severity, what, why, fix, failing, passing } = rule;
  return replyOf([], () => ({
    rule: rule.name,
    group,
    severity,
    what,
    why,
    fix,
    reported: exampleText(failing),
    notReported: exampleText(passing),
  }));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
