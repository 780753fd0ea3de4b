import assert from 'node:assert/strict';
import type { CompletionItem, Position, TextEdit } from 'vscode-languageserver/node';
import type { Editor } from './testing.test.js';

/** A stop of a snippet that was put in: what is there until it is filled. */
interface Stop {
  readonly number: number;
  start: number;
  end: number;
  readonly choices: readonly string[];
}

/** A person who writes a document by choosing from lists and filling in what they leave open. */
export class Writer {
  text = '';
  #cursor = 0;
  #version = 1;
  #stops: Stop[] = [];

  private constructor(
    private readonly editor: Editor,
    private readonly name: string,
  ) {}

  static async start(editor: Editor, name: string): Promise<Writer> {
    await editor.notify('textDocument/didOpen', {
      textDocument: { uri: editor.uri(name), languageId: 'yaml', version: 1, text: '' },
    });
    return new Writer(editor, name);
  }

  /** A key of the top level on a line of its own, with what stands there, is chosen there, or is left for later. */
  async key(key: string, value?: string | { readonly choose: string } | { readonly later: true }): Promise<void> {
    await this.line();
    await this.accept(key);
    if (typeof value === 'string') await this.fill(value);
    else if (value && 'choose' in value) await this.chooseHere(value.choose);
    else this.#stops = [];
  }

  /** A new line at the end of the document. */
  async line(): Promise<void> {
    await this.end(this.text === '' ? '' : '\n');
  }

  /** Goes on at the end of the document. */
  async end(text: string): Promise<void> {
    this.#stops = [];
    this.#cursor = this.text.trimEnd().length;
    this.text = this.text.slice(0, this.#cursor);
    await this.type(text);
  }

  /** Types at the cursor. */
  async type(text: string): Promise<void> {
    await this.#replace(this.#cursor, this.#cursor, text);
  }

  /** Chooses from the list at the cursor, or at the next open stop. */
  async accept(label: string): Promise<void> {
    const stop = this.#stops.find(({ start, end }) => start <= this.#cursor && this.#cursor <= end);
    const item = await this.#item(label);
    const edit = item.textEdit as TextEdit;
    const start = this.#offset(edit.range.start);
    const lead = /^[ \t]*/.exec(this.text.slice(this.text.lastIndexOf('\n', start - 1) + 1))?.[0] ?? '';
    const { text, stops, last } = expand(edit.newText.replace(/\n/g, `\n${lead}`));
    if (stop) this.#stops.splice(this.#stops.indexOf(stop), 1);
    await this.#replace(start, this.#offset(edit.range.end), text);
    this.#stops.unshift(...stops.map((one) => ({ ...one, start: start + one.start, end: start + one.end })));
    this.#cursor = this.#stops[0] && stops.length > 0 ? this.#stops[0].start : start + last;
  }

  /** Writes into the next stop, into every place it has: a word of its choice where it has one. */
  async fill(text: string): Promise<void> {
    const [first] = this.#stops;
    assert.ok(first, `there is a place for ${text}`);
    if (first.choices.length > 0) assert.ok(first.choices.includes(text), `${text} is one of ${first.choices}`);
    const same = this.#stops.filter(({ number }) => number === first.number);
    this.#stops = this.#stops.filter(({ number }) => number !== first.number);
    for (const { start, end } of same.reverse()) await this.#replace(start, end, text);
    const cursor = first.start + text.length;
    // A sentence that goes on with an expression goes on where it ends; the next stop waits.
    this.#cursor = text.endsWith('${{ ') ? cursor : (this.#stops[0]?.start ?? cursor);
  }

  /** Chooses from the list at the next stop. */
  async chooseHere(label: string): Promise<void> {
    const [stop] = this.#stops;
    if (stop) this.#cursor = stop.start;
    await this.accept(label);
    this.#cursor = this.#stops[0]?.start ?? this.#cursor;
  }

  /** Puts the cursor behind the last `marked`, in place of the word that stands there. */
  async replaceFrom(marked: string): Promise<void> {
    const at = this.text.lastIndexOf(marked);
    assert.ok(at >= 0, `${JSON.stringify(marked)} is in ${this.text}`);
    const start = at + marked.length;
    const word = /^[^\n\]}]*/.exec(this.text.slice(start))?.[0] ?? '';
    this.#stops = this.#stops.filter((stop) => stop.start > start + word.length);
    await this.#replace(start, start + word.length, '');
    this.#cursor = start;
  }

  /** Types behind the last `marked`. */
  async insertBehind(marked: string, text: string): Promise<void> {
    this.#cursor = this.text.lastIndexOf(marked) + marked.length;
    await this.type(text);
  }

  /** Takes out what was put in last, with the white space before it. */
  async replaceLast(word: string): Promise<void> {
    const at = this.text.lastIndexOf(word);
    const start = this.text.slice(0, at).trimEnd().length;
    this.#stops = [];
    await this.#replace(start, at + word.length, '');
    this.#cursor = start;
  }

  async #item(label: string): Promise<CompletionItem> {
    const items = await this.editor.request<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: this.editor.uri(this.name) },
      position: this.#position(this.#cursor),
    });
    const found = items.find((item) => item.label === label);
    const shown = `${this.text.slice(0, this.#cursor)}|${this.text.slice(this.#cursor)}`;
    assert.ok(found, `${label} is offered, not only ${items.map((item) => item.label).join(', ')} at\n${shown}`);
    return found;
  }

  async #replace(start: number, end: number, text: string): Promise<void> {
    this.text = this.text.slice(0, start) + text + this.text.slice(end);
    this.#cursor = start + text.length;
    for (const stop of this.#stops) {
      if (stop.start < end || (stop.start === end && start === end && stop.end > stop.start && stop.start < start))
        continue;
      stop.start += text.length - (end - start);
      stop.end += text.length - (end - start);
    }
    this.#version++;
    await this.editor.notify('textDocument/didChange', {
      textDocument: { uri: this.editor.uri(this.name), version: this.#version },
      contentChanges: [{ text: this.text }],
    });
  }

  #position(offset: number): Position {
    const lines = this.text.slice(0, offset).split('\n');
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  }

  #offset({ line, character }: Position): number {
    return this.text.split('\n').slice(0, line).join('\n').length + (line === 0 ? 0 : 1) + character;
  }
}

/** An LSP snippet as it is put in: its text, its stops in order, and where the cursor goes in the end. */
function expand(snippet: string): { readonly text: string; readonly stops: Stop[]; readonly last: number } {
  const stops: Stop[] = [];
  let text = '';
  let last: number | undefined;
  const pattern = /\\([\\$}])|\$(\d+)|\$\{(\d+)(?:\|((?:\\.|[^|\\])*)\||:((?:\\.|[^}\\])*))?\}|([\s\S])/g;
  for (const [, escaped, bare, number = bare, choice, inner = '', plain] of snippet.matchAll(pattern)) {
    if (number === undefined) {
      text += escaped ?? plain ?? '';
      continue;
    }
    const choices = choice === undefined ? [] : choice.split(',');
    const value = choices[0] ?? inner.replace(/\\(.)/g, '$1');
    if (number === '0') last = text.length;
    else stops.push({ number: Number(number), start: text.length, end: text.length + value.length, choices });
    text += value;
  }
  stops.sort((a, b) => a.number - b.number || a.start - b.start);
  return { text, stops, last: last ?? text.length };
}
