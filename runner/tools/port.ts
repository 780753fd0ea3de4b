import type { Tool } from '../../language/model/catalog.js';
import type { Json, JsonObject } from '../protocol/trace.js';

/** Whatever answers calls. Only `enforce` may hold one. It knows nothing of runs and cannot reach the trace. */
export interface ToolHost {
  /** Expected failures are values (`ok: false`); it rejects only on a bug. Ends soon after `signal` aborts. */
  call(request: ToolRequest, signal: AbortSignal): Promise<ToolAnswer>;
}

export interface ToolRequest {
  readonly tool: Tool;
  readonly arguments: JsonObject;
  /** Nothing may be changed anywhere: the answer says what would have come back. */
  readonly simulate: boolean;
}

export type ToolAnswer =
  | { readonly ok: true; readonly output: Json; readonly source: string }
  | { readonly ok: false; readonly error: string; readonly source: string };
