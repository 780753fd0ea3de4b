/** The traces a page showed before the window was loaded anew, as it kept them: URIs of files. What else it says is none. */
export function rememberedTraces(state: unknown): readonly string[] {
  if (typeof state !== 'object' || state === null || !('traces' in state) || !Array.isArray(state.traces)) return [];
  return state.traces.filter((one) => typeof one === 'string').filter((uri) => /^file:\/\/.*\.trace\.jsonl$/.test(uri));
}
