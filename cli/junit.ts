import { escaped as markupOf } from './page.js';

/** The whole file. */
export function suites(all: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${all.join('')}</testsuites>\n`;
}

export function suite(name: string, cases: readonly string[]): string {
  const having = (element: string): number => cases.filter((one) => one.includes(`<${element} `)).length;
  return `  <testsuite name="${escaped(name)}" tests="${cases.length}" failures="${having('failure')}" errors="${having('error')}">\n${cases.join('')}  </testsuite>\n`;
}

/** @param inner `<failure>` and `<error>` elements; `line` from 1 */
export function testCase(file: string, title: string, line: number, inner: readonly string[]): string {
  const head = `    <testcase classname="${escaped(file)}" name="${escaped(title)}" file="${escaped(file)}" line="${line}"`;
  return inner.length === 0
    ? `${head}/>\n`
    : `${head}>\n${inner.map((one) => `      ${one}\n`).join('')}    </testcase>\n`;
}

/** For a value or text of XML. Of control characters, which XML cannot hold, the names. */
export function escaped(text: string | readonly string[]): string {
  return (typeof text === 'string' ? [text] : text).map(markupOf).join('\n');
}
