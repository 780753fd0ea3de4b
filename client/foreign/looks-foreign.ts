/** Longer texts are not looked at: the language server would not read them either. In characters. */
const LONGEST = 2 * 1024 * 1024;

/**
 * Words that a playbook of a product has, by keys and values that stand in every one of them: all patterns of a row match. Whether it is
 * one the server tells, by its structure; this only keeps it from being asked about every file there is.
 */
const SIGNS: readonly (readonly RegExp[])[] = [
  // Cortex XSOAR and XSIAM
  [key('starttaskid'), key('tasks')],
  // CACAO
  [key('workflow'), /["']?workflow_start["']?\s*:|["']?cacao-\d/],
  // Elastic: its steps stand at the top
  [/^steps\s*:/m, /^name\s*:/m, key('type'), /^(?:triggers|enabled|consts|inputs)\s*:/m],
  [/"steps"\s*:\s*\[/, /"name"\s*:/, /"type"\s*:/, /"(?:triggers|enabled|consts|inputs)"\s*:/],
  // Azure Logic Apps: in a template, or a definition alone
  [/Microsoft\.Logic\//, key('actions'), key('triggers')],
  // Google SecOps: a definition, and its steps
  [key('identifier'), key('is_enable'), key('(?:original_workflow_identifier|creation_source)')],
  [
    key('identifier'),
    key('is_automatic'),
    key('(?:original_step_identifier|parent_step_identifiers|action_provider|integration)'),
  ],
  // StackStorm: tasks are a map, unlike those of Ansible and of VS Code; action chains
  [/^tasks\s*:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+["']?[^\s#-][^\n]*:/m, key('(?:action|next)')],
  [/"tasks"\s*:\s*\{/, /"(?:action|next)"\s*:/],
  [key('chain'), key('(?:ref|action)')],
  // Splunk SOAR: since version 5, and before
  [key('(?:coa|schema)'), key('(?:nodes|joint)'), key('data')],
  // Shuffle
  [key('actions'), key('branches'), key('app_name')],
  // Tines
  [key('agents'), key('links'), key('type')],
  // n8n
  [key('nodes'), key('connections'), key('parameters')],
];

/** Whether a text may be a playbook of another product, by a few words in it. */
export function looksForeign(text: string): boolean {
  return text.length <= LONGEST && SIGNS.some((row) => row.every((sign) => sign.test(text)));
}

/** Whether a file may be one by its name. */
export function mayBeForeign(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path) && !path.endsWith('.effects.yaml');
}

function key(name: string): RegExp {
  return new RegExp(`(?:^|[\\s{,"'])${name}["']?\\s*:`);
}
