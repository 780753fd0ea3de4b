import { DRY_RUN_COMMAND } from '../server/protocol/requests.js';

/** Commands of ours; package.json contributes exactly these. */
export const COMMANDS = {
  dryRun: DRY_RUN_COMMAND,
  openTrace: 'countersign.openTrace',
  verifyTrace: 'countersign.verifyTrace',
  compareTraces: 'countersign.compareTraces',
  exportTraceAsHtml: 'countersign.exportTraceAsHtml',
  openEventLink: 'countersign.openEventLink',
  resumeRun: 'countersign.resumeRun',
  exportTrace: 'countersign.exportTrace',
  saveAsCase: 'countersign.saveAsCase',
  setApiKey: 'countersign.setApiKey',
  clearApiKey: 'countersign.clearApiKey',
  showOutput: 'countersign.showOutput',
  showRun: 'countersign.showRun',
  endRun: 'countersign.endRun',
  olderRuns: 'countersign.olderRuns',
  showApproval: 'countersign.showApproval',
  openSamples: 'countersign.openSamples',
  openTestTrace: 'countersign.openTestTrace',
  offerMcp: 'countersign.offerMcp',
  withdrawMcp: 'countersign.withdrawMcp',
  showGraph: 'countersign.showGraph',
  compareBoundary: 'countersign.compareBoundary',
  reviewBoundaries: 'countersign.reviewBoundaries',
  importForeign: 'countersign.importForeign',
  readForeign: 'countersign.readForeign',
  leaveForeign: 'countersign.leaveForeign',
} as const;

/** The views of our container in the activity bar; package.json contributes exactly these. */
export const VIEWS = {
  runs: 'countersign.runs',
  approvals: 'countersign.approvals',
  boundary: 'countersign.boundary',
  library: 'countersign.library',
} as const;

/** Settings of ours, below `countersign.`; package.json contributes exactly these. The language server asks for the last four. */
export const SETTINGS = {
  model: 'dryRun.model',
  modelId: 'dryRun.modelId',
  effort: 'dryRun.effort',
  prices: 'dryRun.prices',
  user: 'user',
  liveServers: 'liveServers',
  tracesFolder: 'traces.folder',
  personalData: 'traces.personalData',
  autonomyHints: 'inlayHints.autonomy',
  approverHints: 'inlayHints.approver',
  typeHints: 'inlayHints.types',
  codeLens: 'codeLens',
} as const;

/** The tests of policies, which have other ways to be run: id of their controller. */
export const POLICY_TESTS = 'countersign.policies';

/** The tests of playbooks: id of their controller, and of the context key that has those with a trace to open. */
export const TESTS = 'countersign';
export const TRACED_TESTS = 'countersign.tracedTests';

export const SECTION = 'countersign';

/** The custom editor for `*.trace.jsonl`. */
export const TRACE_EDITOR = 'countersign.trace';

/** The tab of two traces side by side. */
export const COMPARED_TRACES = 'countersign.comparedTraces';

/** The tab of boundaries beside those of a git revision. */
export const COMPARED_BOUNDARY = 'countersign.comparedBoundary';

/** The context key that is set once a file of ours was open: in views of others ours has no place before. */
export const IN_USE = 'countersign.inUse';

/** The context key that is set once the library was looked for and there is nothing: before, nobody knows. */
export const LIBRARY_EMPTY = 'countersign.libraryEmpty';

/** Context keys: the paths of the playbooks of other products that are open, and whether such are read (`on`, `off`). */
export const FOREIGN_FILES = 'countersign.foreignFiles';
export const FOREIGN_READ = 'countersign.foreignRead';

/** The scheme of texts of git revisions. */
export const REVISION_SCHEME = 'countersign-revision';

/** The scheme of texts that a person looks at before they are saved. */
export const REVIEW_SCHEME = 'countersign-review';

/** The tab of a dry run that is going on. */
export const LIVE_TRACE = 'countersign.liveTrace';

/** What has the editor start `countersign mcp`; package.json contributes it. */
export const MCP_PROVIDER = 'countersign';

/** The tab with the graph of a playbook. */
export const GRAPH = 'countersign.graph';

/** Where the key for Claude lies in VS Code's SecretStorage. */
export const API_KEY_SECRET = 'countersign.anthropicApiKey';

/** Files the language server understands. Their language stays `yaml`, whatever other extensions make of it. */
export const FILE_PATTERNS = [
  '*.playbook.yaml',
  '*.tools.yaml',
  '*.policy.yaml',
  '*.policy.test.yaml',
  '*.case.yaml',
  '*.mapping.yaml',
  'countersign.config.yaml',
] as const;

/** Whether a path, with `/`, names a file of ours. */
export function isOurFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return FILE_PATTERNS.some((pattern) =>
    pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern,
  );
}

export function isPolicyTest(path: string): boolean {
  return path.endsWith('.policy.test.yaml');
}

export function isPlaybook(path: string): boolean {
  return path.endsWith('.playbook.yaml');
}
