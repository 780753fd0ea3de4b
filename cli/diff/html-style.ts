/** The style of the page, in the reader's light or dark scheme. All colours have a contrast of 4.5 or more. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #59636e; --back: #ffffff; --box: #f6f8fa; --line: #d1d9e0; --more: #b3261e; --less: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --back: #0d1117; --box: #151b23; --line: #3d444d; --more: #ff8f87; --less: #57d364; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; font-weight: 600; margin: 0; }
p { margin: .25rem 0; }
code { font: .9em ui-monospace, monospace; background: var(--box); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
article { border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; margin: .75rem 0; }
dl { margin: .5rem 0 0; }
dl div { display: flex; gap: .75rem; padding: .15rem 0; }
dt { flex: 0 0 7.5rem; color: var(--dim); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.sides, .place, .count { color: var(--dim); overflow-wrap: anywhere; }
.count { font-weight: 400; }
.mark { font-weight: 600; white-space: nowrap; }
.more { color: var(--more); }
.less { color: var(--less); }
@media (max-width: 36rem) { dl div { display: block; } }
@media print { article { break-inside: avoid; } }
`;
