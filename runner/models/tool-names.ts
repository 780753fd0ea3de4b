/** The tool through which a model hands in its structured answer. No offered tool can take this name. */
export const ANSWER_TOOL = 'submit_answer';

const MAX_LENGTH = 64;

/** Names as the API allows them (`^[a-zA-Z0-9_-]{1,64}$`), and back. */
export interface ToolNames {
  /** The API's name of an offered tool, or of any other tool a name it could have. */
  toApi(tool: string): string;
  /** The offered tool an API name stands for; a name that stands for none comes back as it is. */
  fromApi(name: string): string;
}

/** A one-to-one table for the offered tools; the same tools in the same order always get the same names. */
export function toolNames(tools: readonly string[]): ToolNames {
  const toApi = new Map<string, string>();
  const fromApi = new Map<string, string>();
  for (const tool of tools) {
    if (toApi.has(tool)) continue;
    const plain = plainName(tool);
    let name = plain;
    for (let n = 2; name === ANSWER_TOOL || fromApi.has(name); n++) {
      const suffix = `_${n}`;
      name = `${plain.slice(0, MAX_LENGTH - suffix.length)}${suffix}`;
    }
    toApi.set(tool, name);
    fromApi.set(name, tool);
  }
  return {
    toApi: (tool) => toApi.get(tool) ?? plainName(tool),
    fromApi: (name) => fromApi.get(name) ?? name,
  };
}

function plainName(tool: string): string {
  return tool.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_LENGTH) || '_';
}
