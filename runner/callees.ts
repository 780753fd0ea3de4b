import type { LoadedPlaybook } from '../language/load.js';

/** Every playbook it calls, directly and through others, each once, in the order of the calls. */
export function calleesOf(
  loaded: LoadedPlaybook,
  found = new Map<string, LoadedPlaybook>(),
): readonly LoadedPlaybook[] {
  for (const { loaded: callee } of loaded.calls.values()) {
    if (!callee || found.has(callee.uri)) continue;
    found.set(callee.uri, callee);
    calleesOf(callee, found);
  }
  return [...found.values()];
}
