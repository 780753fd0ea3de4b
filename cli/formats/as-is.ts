import { visible } from '../../language/visible.js';

/**
 * Text for Markdown that shows as it is: it neither ends a cell nor becomes markup, a link, an image or a mention. Numeric
 * references work inside tables, where a backslash before `|` is taken away before anything else is read. GitHub looks for
 * mentions in what was rendered, so a comment has to stand behind an `@` or `#`.
 */
export function shownAsIs(text: string): string {
  return visible(text)
    .replace(/[&<>|`*_[\]()\\!~$^]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(?<=\b(?:https?|ftp|mailto|www))([:.])/gi, (separator) => `&#${separator.charCodeAt(0)};`)
    .replace(/(?<!&)[@#]/g, '$&<!-- -->')
    .replace(/[\r\n\t ]+/g, ' ')
    .trim();
}
