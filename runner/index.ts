/** The runner: what the command line builds on. */
export { denyingApprover } from './approvers/deny.js';
export { type FileApprover, fileApprover } from './approvers/file.js';
export { scriptedApprover } from './approvers/scripted.js';
export { type Terminal, terminalApprover } from './approvers/terminal.js';
export { visible } from './engine/visible.js';
export { createModel, type ModelOptions } from './models/index.js';
export type { ModelClient } from './models/port.js';
export { nodeFiles, pathOf, readText, type TextFault, type TextFile } from './node-files.js';
export type { Approver, Clock, Ids } from './ports.js';
export * from './protocol/messages.js';
export * from './protocol/result.js';
export * from './protocol/trace.js';
export { type RunOptions, runPlaybook } from './run.js';
export { randomIds, systemClock, systemRandom } from './system.js';
export { readTrace } from './trace/read.js';
export { type Reopened, reopenJournal } from './trace/reopen.js';
export { verifyTrace } from './trace/verify.js';
export { VERSION } from './version.js';
