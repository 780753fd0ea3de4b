import type { TraceLine, Verification } from '../../../runner/protocol/trace.js';
import type { ToViewer } from './messages.js';

/** The scripts of an exported page that hold data, one message each. */
export const DATA_CLASS = 'trace-data';

/** Lines in one piece of data. */
const CHUNK = 4000;

/** What one exported file is made of. Everything but the trace is our own. */
export interface FileParts {
  readonly name: string;
  readonly script: string;
  readonly style: string;
  /** `sha256-<base64>` of what stands between the tags of script and style. */
  readonly scriptHash: string;
  readonly styleHash: string;
  readonly lines: readonly TraceLine[];
  readonly verification: Verification;
}

/**
 * A trace and its viewer as one HTML file. The trace is data in the page, never markup: no `<` of it is written as such, so
 * nothing in it can end its element. The policy admits our own script and style by their hashes and no connection anywhere.
 */
export function* filePage(parts: FileParts): Generator<string> {
  const { name, script, style, scriptHash, styleHash, lines, verification } = parts;
  const policy = `default-src 'none'; script-src '${scriptHash}'; style-src '${styleHash}'; font-src data:; form-action 'none'; base-uri 'none'`;
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(name)}</title>
<style>${style}</style>
</head>
<body class="exported">
<main id="viewer"></main>
<noscript>This page shows an audit trace with a script of its own, and scripts are switched off here.</noscript>
`;
  yield data({ type: 'open', lines: lines.slice(0, CHUNK), verification: null, live: false, name });
  for (let from = CHUNK; from < lines.length; from += CHUNK) {
    yield data({ type: 'append', lines: lines.slice(from, from + CHUNK) });
  }
  yield data({ type: 'verified', verification });
  yield `<script>${script}</script>\n</body>\n</html>\n`;
}

/** The message a piece of data holds. It is the page's own: whoever can change it can change the script as well. */
export function readData(text: string): ToViewer {
  return JSON.parse(text);
}

function data(message: ToViewer): string {
  // JSON has no `<` but in strings, where it can be written by its number.
  return `<script type="application/json" class="${DATA_CLASS}">${JSON.stringify(message).replaceAll('<', '\\u003c')}</script>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
