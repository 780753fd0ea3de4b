import type { Json } from './trace.js';

/**
 * What a language model, in the editor's chat or over MCP, may ask of Countersign: four questions. None of them reaches a
 * model, a live server or a person, and none can answer for one.
 */
export const ASSISTANT_TOOLS = [
  'countersign_validate',
  'countersign_explain',
  'countersign_boundary',
  'countersign_dry_run',
] as const;

export type AssistantTool = (typeof ASSISTANT_TOOLS)[number];

/** What whoever asks on a person's behalf says of the surroundings. Nothing here comes from a language model. */
export interface AssistantSurroundings {
  /** Absolute paths of the folders whose files may be read. Nothing else is. */
  readonly folders: readonly string[];
  /** Absolute path of the folder for traces of dry runs, for each of `folders`. */
  readonly traces: readonly string[];
  /** Whether a person said that playbooks of these folders may be run. */
  readonly trusted: boolean;
  /** Who has it run, for the trace. */
  readonly user: string;
  /** As in `RunParams`. */
  readonly personal: 'keep' | 'commit';
  /** Texts that count instead of what is on disk, because an editor has them open and not saved yet. */
  readonly unsaved: readonly { readonly path: string; readonly text: string }[];
}

/** `tool` and `input` are as a language model gave them: anything. */
export interface AssistantParams extends AssistantSurroundings {
  readonly tool: string;
  readonly input: Json;
}

/** JSON of at most `MAX_REPLY` characters, or a sentence that says why there is none. Both are for a language model. */
export type AssistantReply =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** In UTF-16. More than that says less to a model, and costs whoever pays for it. */
export const MAX_REPLY = 32_000;
