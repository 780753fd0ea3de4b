import type { ForeignAct, ForeignArgument } from './model.js';
import { short } from './read-node.js';

/** What an act is on of which the playbook does not say it. */
export const NOT_NAMED = 'something it does not name';

/** Names of arguments that say what is acted on: the last words of them, so `endpoint_ids` and `src_ip` are among them. */
const TARGET =
  /(?:^|[^a-z])(?:ips?|ip_?addr(?:ess(?:es)?)?|address(?:es)?|hosts?|hostnames?|endpoints?|devices?|agents?|machines?|instances?|users?|usernames?|accounts?|identit(?:y|ies)|emails?|mailbox(?:es)?|messages?|urls?|domains?|hash(?:es)?|sha256|md5|files?|process(?:es)?|pid|rules?|groups?|alerts?|signals?|targets?)(?:[^a-z]?(?:ids?|names?|list))?$/i;
/** Words for people, and where a product is: nothing that is acted on. */
const ABOUT = /(?:^|[^a-z])(?:comment|description|note|reason|title|region|zone|method|version|type|format)s?$/i;

/**
 * What an act is on, in words of the playbook: the first argument whose name says so, else the first that is more than words about the act.
 */
export function scopeAmong(args: readonly ForeignArgument[]): Pick<ForeignAct, 'scope' | 'target'> {
  const given = args.filter(({ text }) => text !== '');
  const found =
    given.find(({ name }) => TARGET.test(spaced(name))) ??
    given.find(({ name }) => !ABOUT.test(spaced(name))) ??
    given[0];
  return found === undefined
    ? { scope: NOT_NAMED, target: undefined }
    : { scope: short(`${found.name}: ${found.text}`), target: found.name };
}

/** `endpointIds` as `endpoint_Ids`. */
function spaced(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}
