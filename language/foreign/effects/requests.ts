import { type Classified, classifyName } from './classify.js';

/** Paths of requests that only look although they are sent with POST. The end of a path decides. */
const LOOKS =
  /(?:^|\/|_|:)(?:_?search|_?find|query|_query|lookup|_count|_msearch|report|lookupbyemail|suggest|_suggest|esql|resolve|resources)\/?(?:\?.*)?$/i;

/**
 * What an HTTP request does: GET and HEAD look, DELETE removes, and for the others the last words of the path say it
 * (`/machines/{id}/isolate`); where they do not, it may be anything.
 */
export function classifyRequest(method: string, path: string): Classified {
  const verb = method.toUpperCase();
  // Amazon's query interface says in the query what it does, and does it with GET, too.
  if (/\bamazonaws\.com\b/i.test(path)) return amazon(path);
  if (verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS') return { effect: 'read', reason: `a ${verb} request` };
  if (verb === 'DELETE') return { effect: 'evict', reason: 'a DELETE request' };
  const request = `a ${verb === '' ? 'request without a method' : `${verb} request`}`;
  if (verb === 'POST' && LOOKS.test(path)) return { effect: 'read', reason: `${request} to a search` };
  const parts = plainPath(path);
  for (const part of parts.slice(-2).reverse()) {
    const named = classifyName(part);
    if (named && named.effect !== 'read' && named.effect !== 'unknown')
      return { effect: named.effect, reason: `${request} to "${part}"` };
  }
  return { effect: 'unknown', reason: request };
}

function amazon(path: string): Classified {
  const action = /[?&]Action=(\w+)/.exec(path)?.[1];
  const named = action === undefined ? undefined : classifyName(action);
  return named ?? { effect: 'unknown', reason: 'a request to Amazon whose action its address does not name' };
}

/** The parts of a path that are written there, without the values that are put in when it runs. */
function plainPath(path: string): readonly string[] {
  return path
    .replace(/@\{[^}]*\}+|\{\{.*?\}\}|\$\{[^}]*\}|<%.*?%>/g, '')
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/\?.*$/, '')
    .split('/')
    .filter((part) => part !== '');
}
