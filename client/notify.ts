import { window } from 'vscode';
import { linkless } from './plain.js';

/**
 * Messages of ours to the person. They name playbooks, cases, tools and people, and whoever wrote those must not put a link that runs
 * a command into our mouth: whatever comes in, it is shown as text. All messages go through here.
 */
export function inform(text: string, ...actions: readonly string[]): Thenable<string | undefined> {
  return window.showInformationMessage(linkless(text), ...actions);
}

export function warn(text: string, ...actions: readonly string[]): Thenable<string | undefined> {
  return window.showWarningMessage(linkless(text), ...actions);
}

export function complain(text: string, ...actions: readonly string[]): Thenable<string | undefined> {
  return window.showErrorMessage(linkless(text), ...actions);
}
