import { shortened, visible } from './viewer/events/visible.js';

/**
 * Text of a run for a message of the editor: bounded, with hidden characters shown, and without what would become a link
 * there. What an alert, a tool or a model said may be in it.
 */
export function plain(text: string, length = 80): string {
  return visible(shortened(text, length)).replace(/[[\]()]/g, ' ');
}

/**
 * A whole message as a notification shows it, which makes links of `[words](command:…)`, or the status bar, which draws icons for
 * `$(name)`: no link, no icon, no hidden character.
 */
export function linkless(text: string): string {
  return iconless(text, LONGEST_MESSAGE).replace(/\](?=\()/g, '] ');
}

/** Where VS Code breaks off a message. */
const LONGEST_MESSAGE = 1000;

/** A name for a list or a label, which draw an icon for `$(name)`: no icon, no hidden character, and bounded. */
export function iconless(text: string, length = 200): string {
  return visible(shortened(text, length)).replace(/\$(?=\()/g, '$ ');
}
