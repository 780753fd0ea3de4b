import type { AssistantTool } from '../../runner/protocol/assistant.js';

export interface ToolMessage {
  /** What is said while it goes on. */
  readonly doing: string;
  /** What a person is asked before it begins; nothing where it only reads. */
  readonly confirm: { readonly title: string; readonly message: string } | undefined;
}

/**
 * What the editor says of a call that a language model wants to make. The names in it are the model's words, so they go
 * through `plain`.
 */
export function messageOf(tool: AssistantTool, input: object, plain: (text: string) => string): ToolMessage {
  const named = (name: string): string => {
    const value: unknown = Object.hasOwn(input, name) ? Reflect.get(input, name) : undefined;
    return typeof value === 'string' ? plain(value) : '…';
  };
  switch (tool) {
    case 'countersign_validate':
      return { doing: `Checking ${'file' in input ? named('file') : 'a text'} with Countersign`, confirm: undefined };
    case 'countersign_explain':
      return {
        doing: `Explaining ${'rule' in input ? `the rule ${named('rule')}` : `${named('step')} of ${named('file')}`}`,
        confirm: undefined,
      };
    case 'countersign_boundary':
      return { doing: `Finding out what ${named('file')} may do`, confirm: undefined };
    case 'countersign_dry_run':
      return {
        doing: `Dry-running ${named('playbook')} on ${named('case')}`,
        confirm: {
          title: 'Dry-run a playbook?',
          message: `${named('playbook')} is rehearsed on the case ${named('case')}, offline: a stand-in that is no AI answers agent steps, consequential tools are simulated, and gates get the answers that the case gives. It writes a trace. What it finds, with the names in the case's alert, goes to the model of this chat.`,
        },
      };
  }
}
