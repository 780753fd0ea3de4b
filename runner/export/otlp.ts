import type { TraceLine } from '../protocol/trace.js';
import { VERSION } from '../version.js';
import { type Attributes, type AttributeValue, spansOf, traceId } from './spans.js';

/**
 * The run as an OTLP `ExportTraceServiceRequest` in JSON, as the OpenTelemetry protocol 1.x maps it: ids are hex, times
 * are decimal text. Spans follow the GenAI semantic conventions 0.1.0 (in development).
 */
export function otlpOf(lines: readonly TraceLine[]): object {
  const run = lines[0]?.run ?? '';
  const trace = traceId(run);
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues({ 'service.name': 'countersign', 'service.version': VERSION }) },
        scopeSpans: [
          {
            scope: { name: 'countersign', version: VERSION },
            spans: spansOf(lines).map((span) => ({
              traceId: trace,
              spanId: span.id,
              ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
              name: span.name,
              kind: span.kind === 'client' ? 3 : 1,
              startTimeUnixNano: String(span.start),
              endTimeUnixNano: String(span.end),
              attributes: keyValues(span.attributes),
              events: span.events.map(({ name, time, attributes }) => ({
                timeUnixNano: String(time),
                name,
                attributes: keyValues(attributes),
              })),
              status: span.error === undefined ? {} : { code: 2, message: span.error },
            })),
          },
        ],
      },
    ],
  };
}

function keyValues(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
}

export type Sent = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 30_000;
/** More than any answer of a collector has. */
const MAX_ANSWER = 64 * 1024;

/**
 * Sends a request to an OTLP/HTTP endpoint for traces, `http://localhost:4318/v1/traces`, once and nowhere else: nothing of
 * the environment is used, and no redirection is followed.
 */
export async function sendOtlp(url: string, request: object, send: typeof fetch): Promise<Sent> {
  const bad = (why: string): Sent => ({ ok: false, message: `The spans could not be sent to ${url}: ${why}.` });
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = (await response.text()).slice(0, MAX_ANSWER);
    if (!response.ok) return bad(`it answered ${response.status}`);
    const rejected = rejectedIn(text);
    return rejected === 0 ? { ok: true } : bad(`it rejected ${rejected} of them`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return bad(error.name === 'TimeoutError' ? 'there was no answer in time' : causeOf(error));
  }
}

/** `fetch` says why in the cause. */
function causeOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error.message;
}

/** How many spans a collector says it did not take: `partialSuccess.rejectedSpans`, a 64-bit number, maybe as text. */
function rejectedIn(answer: string): number {
  try {
    const value: unknown = JSON.parse(answer === '' ? '{}' : answer);
    const partial = memberOf(value, 'partialSuccess');
    return Number(memberOf(partial, 'rejectedSpans') ?? 0) || 0;
  } catch {
    return 0;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
