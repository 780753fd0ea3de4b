import type { Json } from '../protocol/trace.js';
import { orderedJson } from './canonical.js';

/** Secrets that are recognised by their shape. No pattern backtracks further than it has read: input is hostile. */
const SHAPES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'anthropic-key', pattern: /sk-ant-[\w-]{8,}/g },
  { kind: 'api-key', pattern: /(?<![A-Za-z0-9])sk-(?:proj-|live-|test-)?[A-Za-z0-9]{20,}/g },
  { kind: 'stripe-key', pattern: /[rs]k_(?:live|test)_[A-Za-z0-9]{10,}/g },
  { kind: 'aws-key', pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g },
  { kind: 'github-token', pattern: /(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g },
  { kind: 'slack-token', pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'google-key', pattern: /AIza[\w-]{35}/g },
];

/** `Authorization: Basic dXNlcjpwYXNz`, and a long `Bearer` value wherever it stands. */
const AUTHORIZATION = /(authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token|negotiate)\s{1,8})[^\s"',;]+/gi;
const BEARER = /(bearer\s{1,8})[\w\-.~+/]{16,}={0,2}/gi;

/** Names that say the value is a secret, in text (`password=...`) and as keys of objects. */
const SECRET_NAME =
  'pass(?:word|wd|phrase)|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|api[_-]?key|(?:access|refresh|auth|session|security)[_-]?token|private[_-]?key';
const ASSIGNED = new RegExp(
  `((?:${SECRET_NAME})["']?\\s{0,8}(?:=|:(?!/))\\s{0,8})(?!["']?\\[redacted:)("[^"\\n]{1,2048}"|'[^'\\n]{1,2048}'|["']?[^\\s"',;&(){}[\\]<>]+)`,
  'gi',
);
/** Short names that mean other things too count only when written as an assignment. */
const ASSIGNED_SHORT = /((?:^|[^A-Za-z0-9_-])(?:pwd|pw|secret|token)=)(?!\[redacted:)([^\s"',;&(){}[\]<>]+)/gi;
const SECRET_KEY = new RegExp(`^(?:[\\w-]{0,40}[_-])?(?:${SECRET_NAME}|pwd|secret|authorization)$`, 'i');

/**
 * The value with every secret in it replaced by `[redacted:<kind>]`, keys included, so that nothing of it reaches the
 * trace or its hashes. Also makes the value canonical JSON (see `orderedJson`). Takes time linear in the input.
 */
export function redact(value: unknown): Json {
  return orderedJson(value, (text, key) =>
    key !== undefined && text !== '' && SECRET_KEY.test(key) ? secretValue(text) : redactText(text),
  );
}

/**
 * What a text, or JSON with it, has at least one of when any pattern here finds something. Most have none, and one look at
 * all of a line is enough then. What JSON escapes is in no hint.
 */
const HINT =
  /sk-|[rs]k_|A[KSBC][IC]A|gh[pousr]_|github_pat_|xox|AIza|eyJ|PRIVATE KEY|authorization|bearer|pass|secret|api[_-]?key|token|private[_-]?key|pwd|pw=/i;

/** Whether there may be a secret in a text or in the JSON of a value. `false` is certain. */
export function mayHoldSecret(text: string): boolean {
  return HINT.test(text);
}

/** The text with every secret in it replaced by `[redacted:<kind>]`. */
export function redactText(text: string): string {
  if (text.length < 5 || !mayHoldSecret(text)) return text;
  return redactEvery(text);
}

/** As `redactText`, with every pattern tried. */
export function redactEvery(text: string): string {
  let out = redactJwts(redactPrivateKeys(text));
  for (const { kind, pattern } of SHAPES) out = out.replace(pattern, `[redacted:${kind}]`);
  return out
    .replace(AUTHORIZATION, '$1[redacted:authorization]')
    .replace(BEARER, '$1[redacted:bearer-token]')
    .replace(ASSIGNED, '$1[redacted:password]')
    .replace(ASSIGNED_SHORT, '$1[redacted:password]');
}

function secretValue(text: string): string {
  return /^\[redacted:[a-z-]+\]$/.test(text) ? text : '[redacted:password]';
}

const KEY_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_END = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_LIMIT = 16_384;
/** What can follow the header of a key that was cut off before its end. */
const KEY_BODY = /[A-Za-z0-9+/=\s\\]{0,16384}/y;

/**
 * A private key goes from its BEGIN line to the next END line. Without one close by only what looks like base64 goes, so
 * that an attacker cannot hide the rest of a log by writing a BEGIN line.
 */
function redactPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const ends = [...text.matchAll(KEY_END)].map((match) => match.index + match[0].length);
  let out = '';
  let done = 0;
  let next = 0;
  for (const begin of text.matchAll(KEY_BEGIN)) {
    if (begin.index < done) continue;
    const body = begin.index + begin[0].length;
    while (next < ends.length && (ends[next] ?? 0) <= body) next++;
    let end = ends[next];
    if (end === undefined || end - body > KEY_LIMIT) {
      KEY_BODY.lastIndex = body;
      end = body + (KEY_BODY.exec(text)?.[0].length ?? 0);
    }
    out += `${text.slice(done, begin.index)}[redacted:private-key]`;
    done = end;
  }
  return out + text.slice(done);
}

/** JSON Web Tokens: three base64url parts joined by dots, the first starting `eyJ` (`{"`). */
function redactJwts(text: string): string {
  if (!text.includes('eyJ')) return text;
  return text.replace(/[\w.-]+/g, (run) => {
    const parts = run.split('.');
    const out: string[] = [];
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] ?? '';
      const start = part.indexOf('eyJ');
      const isJwt = start >= 0 && part.length - start >= 10 && i + 2 < parts.length && (parts[i + 1] ?? '').length >= 4;
      out.push(isJwt ? `${part.slice(0, start)}[redacted:jwt]` : part);
      if (isJwt) i += 2;
    }
    return out.join('.');
  });
}
