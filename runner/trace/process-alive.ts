import { codeOf } from './system-error.js';

/** Whether this machine has a process of that number. Where it cannot be told there is one: it may still be at work. */
export function isAlivePid(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
