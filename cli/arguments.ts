import { parseArgs } from 'node:util';
import { closest } from '../language/suggest.js';

/** What a command takes beside its paths. */
export interface OptionSpec {
  readonly name: string;
  /** Given or not: it takes no value. */
  readonly flag?: boolean;
  /** The values it can have; `undefined` for any. */
  readonly values?: readonly string[];
  /** How help shows a value that can be anything: `FILE`. */
  readonly placeholder?: string;
  readonly help: string;
}

export type Arguments =
  | {
      readonly ok: true;
      readonly paths: readonly string[];
      readonly options: { readonly [name: string]: string | undefined };
      /** The names of the flags that are given. */
      readonly flags: ReadonlySet<string>;
      readonly help: boolean;
    }
  | { readonly ok: false; readonly message: string };

/** Reads a command's arguments. What is not understood is said, with what may have been meant. */
export function readArguments(args: readonly string[], specs: readonly OptionSpec[]): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(
        specs.map((spec) => [spec.name, { type: spec.flag ? ('boolean' as const) : ('string' as const) }]),
      ),
    },
  });
  const paths: string[] = [];
  const options: { [name: string]: string | undefined } = Object.create(null);
  const flags = new Set<string>();
  let help = false;
  for (const token of tokens) {
    if (token.kind === 'positional') paths.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help' || token.name === 'h') {
      help = true;
      continue;
    }
    const spec = specs.find((one) => one.name === token.name);
    if (!spec) {
      const meant = closest(
        token.name,
        specs.map((one) => one.name),
      );
      return {
        ok: false,
        message: `There is no option "${token.rawName}".${meant ? ` Did you mean "--${meant}"?` : ''}`,
      };
    }
    if (spec.flag) {
      if (token.value !== undefined) return { ok: false, message: `"${token.rawName}" takes no value.` };
      if (flags.has(spec.name)) return { ok: false, message: `"${token.rawName}" is given twice.` };
      flags.add(spec.name);
      continue;
    }
    if (token.value === undefined || token.value === '')
      return {
        ok: false,
        message: `"${token.rawName}" needs a value: ${spec.values?.join(', ') ?? spec.placeholder ?? 'a value'}.`,
      };
    if (options[spec.name] !== undefined) return { ok: false, message: `"${token.rawName}" is given twice.` };
    if (spec.values && !spec.values.includes(token.value)) {
      const meant = closest(token.value, spec.values);
      return {
        ok: false,
        message: `"${token.rawName}" cannot be "${token.value}". It is one of ${spec.values.join(', ')}.${meant ? ` Did you mean "${meant}"?` : ''}`,
      };
    }
    options[spec.name] = token.value;
  }
  return { ok: true, paths, options, flags, help };
}

/** The number an option's value says; `undefined` for what is no whole number from 0. */
export function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/** The lines of help about options. */
export function describeOptions(specs: readonly OptionSpec[]): string {
  const rows = specs.map(
    (spec) =>
      [
        spec.flag ? `--${spec.name}` : `--${spec.name} ${spec.values?.join('|') ?? spec.placeholder ?? 'VALUE'}`,
        spec.help,
      ] as const,
  );
  const width = Math.max(...rows.map(([form]) => form.length), 12);
  return [...rows, ['-h, --help', 'Say this.'] as const]
    .map(([form, help]) => `  ${form.padEnd(width)}  ${help}`)
    .join('\n');
}
