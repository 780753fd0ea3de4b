import { shortened, visible } from './viewer/events/visible.js';

/**
 * Text of a run for a message of the editor: bounded, with hidden characters shown, and without what would become a link
 * there. What an alert, a tool or a model said may be in it.
 */
export function plain(text: string, length = 80): string {
  return visible(shortened(text, length)).replace(/[[\]()]/g, ' ');
}
