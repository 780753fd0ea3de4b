/** Addresses and keys the page needs; all of our own making. */
export interface PageParts {
  readonly script: string;
  /** Style sheets, in order. */
  readonly styles: readonly string[];
  /** Fresh for every page. */
  readonly nonce: string;
  /** Source expression for our own files, as the host of the page names it. */
  readonly source: string;
  /** For screen readers; of a trace unless given. */
  readonly title?: string;
}

/**
 * A page of ours. It holds no data: that comes by message and is only ever inserted as text. The policy allows our own
 * script by its nonce and our own styles and font, and no connection anywhere.
 */
export function viewerPage({ script, styles, nonce, source, title = 'Countersign trace' }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}; form-action 'none'; base-uri 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${styles.map((style) => `<link rel="stylesheet" href="${escaped(style)}">`).join('\n')}
<title>${escaped(title)}</title>
</head>
<body>
<main id="viewer"></main>
<script nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
