import { EFFECTS, type Effect } from '../../model/levels.js';

/** What a word says of an action: what it does, or that it may do anything. */
export type VerbEffect = Effect | 'unknown';

const EFFECTS_OF_VERBS: readonly VerbEffect[] = [...EFFECTS, 'unknown'];

/**
 * What the verbs in names of actions mean, in our own words: the same few dozen verbs name the actions of every product. A
 * name counts by the first of its words that stands here (`classify.ts`). What may change something is never here as `read`,
 * however often it only looks: a detonation and a scan send something somewhere, so they stay unknown.
 */
const WORDS: { readonly [E in VerbEffect]: string } = {
  // Looks, and leaves everything as it is.
  read: `
    get list search find fetch lookup look query show describe check is exists read ping enrich whois retrieve
    view count compare calculate parse extract convert decode encode format filter sort hunt investigate collect
    gather inspect display print wait delay sleep poll enumerate identify match map transform reputation whereis
    dig translate dedup deduplicate summarize rasterize traceroute screenshot validate determine evaluate select
    download test`,
  // Writes down what was found, where only people read it.
  record: `
    comment note tag untag label document log annotate link attach assign reassign escalate`,
  // Says something to people.
  notify: `
    send notify email mail message post reply forward ask announce page invite broadcast publish sendmail`,
  // Makes an alert, or a detection, say less.
  suppress: `
    close dismiss acknowledge ack ignore mute snooze suppress archive resolve whitelist allowlist allow exclude
    except exempt trust mark merge finish`,
  // Cuts off.
  contain: `
    isolate quarantine block contain disable suspend deny ban lock sinkhole restrict prevent disconnect deactivate
    stop blacklist blocklist denylist shutdown freeze detach pause prohibit unassign`,
  // Removes.
  evict: `
    delete kill terminate wipe purge remove revoke erase reset expire logoff logout signout clear eradicate
    destroy drop uninstall remediate mitigate clean reboot restart shred invalidate rotate reimage flush truncate
    withdraw move deprovision offboard leave`,
  // Gives back.
  restore: `
    unisolate unblock unquarantine uncontain restore release enable unlock unsuspend reactivate activate reconnect
    recover undo revert rollback rejoin unban reopen unrestrict unmark unarchive undelete resume lift unremediate
    unsuppress unmute unset unassociate`,
  // Changes how things are set up.
  harden: `
    create add update edit modify change set put patch insert apply configure install deploy push commit enforce
    replace import register enroll enrol append write save upsert rename grant authorize approve reject manage
    categorize classify recategorize sync synchronize promote tune upgrade store upload copy transfer associate
    disassociate report submit provision onboard join increment contribute`,
  // May do anything.
  unknown: `
    execute run invoke call trigger launch initiate start scan rescan detonate analyze analyse request process
    perform script command bulk generate take power turn force cancel abort open export zip backup retry resubmit
    revalidate refresh schedule ssh winrm remote powershell bash http webhook dispatch deserialize snapshot
    capture acquire sandbox remediation containment`,
};

export const VERBS: ReadonlyMap<string, VerbEffect> = verbs();

function verbs(): ReadonlyMap<string, VerbEffect> {
  const found = new Map<string, VerbEffect>();
  for (const effect of EFFECTS_OF_VERBS) for (const word of WORDS[effect].trim().split(/\s+/)) found.set(word, effect);
  return found;
}

/**
 * Words of an action's name that say what its verb is done to, where that decides the effect: the first entry whose verb and
 * word are in the name. `verbs`: those it is for.
 */
export const OBJECTS: readonly {
  readonly verbs: readonly string[];
  readonly words: readonly string[];
  readonly effect: VerbEffect;
}[] = [
  {
    verbs: ['add', 'create', 'update', 'append', 'put', 'push', 'insert', 'upload', 'submit', 'set'],
    words: ['block', 'blocklist', 'blacklist', 'deny', 'denied', 'denylist', 'blocked', 'ban', 'banned', 'quarantine', 'blackhole', 'sinkhole'],
    effect: 'contain',
  },
  {
    verbs: ['add', 'create', 'update', 'append', 'put', 'set'],
    words: ['allow', 'allowlist', 'whitelist', 'allowed', 'exception', 'exceptions', 'exclusion', 'exclusions', 'suppression', 'safelist'],
    effect: 'suppress',
  },
  {
    verbs: ['remove', 'delete', 'clear'],
    words: ['block', 'blocklist', 'blacklist', 'deny', 'denied', 'denylist', 'blocked', 'isolation', 'restriction', 'quarantine'],
    effect: 'restore',
  },
  {
    verbs: ['add', 'create', 'update', 'post', 'put', 'insert', 'append', 'attach', 'set', 'edit', 'upload', 'save', 'write'],
    words: ['comment', 'comments', 'note', 'notes', 'insight', 'insights', 'worklog', 'evidence', 'annotation', 'timeline', 'tag', 'tags', 'label', 'labels'],
    effect: 'record',
  },
  {
    verbs: ['create', 'open', 'add', 'upsert'],
    words: ['ticket', 'tickets', 'issue', 'case', 'incident', 'incidents', 'task', 'record', 'alert', 'entity', 'observable', 'worklog', 'report'],
    effect: 'record',
  },
  // What an update sets may be its status, so it may close what it updates.
  {
    verbs: ['update', 'set', 'change', 'edit', 'modify', 'mark', 'patch'],
    words: ['alert', 'alerts', 'incident', 'incidents', 'case', 'status', 'severity', 'offense', 'finding', 'findings', 'detection', 'detections', 'verdict', 'event', 'events', 'notable'],
    effect: 'suppress',
  },
  {
    verbs: ['create', 'update', 'post'],
    words: ['message', 'mail', 'email', 'notification', 'chat'],
    effect: 'notify',
  },
  {
    verbs: ['run', 'execute', 'perform', 'start', 'launch'],
    words: ['search', 'lookup'],
    effect: 'read',
  },
  { verbs: ['send'], words: ['query'], effect: 'read' },
  { verbs: ['generate'], words: ['report', 'summary', 'hash', 'token', 'uuid'], effect: 'read' },
  // Looking something up by asking a name server, and not a case that is done with.
  { verbs: ['resolve'], words: ['ip', 'domain', 'hostname', 'dns', 'host', 'url', 'address'], effect: 'read' },
]; // biome-ignore format: a table
