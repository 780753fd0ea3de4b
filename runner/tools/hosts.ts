import type { Case } from '../../language/model/case.js';
import type { Tool } from '../../language/model/catalog.js';
import type { ToolHost } from './port.js';
import { recordedHost } from './recorded.js';
import type { SchemaCheck } from './schema-check.js';

export interface HostParts {
  readonly sample: Pick<Case, 'answers'>;
  readonly schemas: SchemaCheck;
  /** Answers from the case's event data. */
  readonly evidence: ToolHost;
  /** Answers from live servers, for the tools it takes; `undefined` in a run without. */
  readonly live: (ToolHost & { takes(tool: Tool): boolean }) | undefined;
}

/**
 * Who answers a call. A tool that does not only read is simulated, whatever is configured. One that reads is answered by
 * its live server, where this run has one for it; else by what the case recorded; else from the case's event data, where
 * its backend is that. There is no other answer: evidence must not be made up.
 */
export function toolHost({ sample, schemas, evidence, live }: HostParts): ToolHost {
  const recorded = recordedHost(sample, schemas);
  return {
    call(request, signal) {
      const { tool, simulate } = request;
      if (simulate || tool.effect !== 'read') return recorded.call({ ...request, simulate: true }, signal);
      if (live?.takes(tool)) return live.call(request, signal);
      if (recorded.has(request)) return recorded.call(request, signal);
      const { kind } = tool.backend;
      return (kind === 'evidence' || kind === 'built-in' ? evidence : recorded).call(request, signal);
    },
  };
}
