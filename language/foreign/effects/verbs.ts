import type { Effect } from '../../model/levels.js';

/** What a word says of an action: what it does, or that it may do anything. */
export type VerbEffect = Effect | 'unknown';

/**
 * What the verbs in names of actions mean, in our own words: the same few dozen verbs name the actions of every product. A
 * name counts by the first of its words that stands here (`classify.ts`). What may change something is never here as `read`,
 * however often it only looks: a detonation and a scan send something somewhere, so they stay unknown.
 */
export const VERBS: ReadonlyMap<string, VerbEffect> = new Map(
  Object.entries({
    // Looks, and leaves everything as it is.
    get: 'read', list: 'read', search: 'read', find: 'read', fetch: 'read', lookup: 'read', look: 'read', query: 'read', show: 'read',
    describe: 'read', check: 'read', is: 'read', exists: 'read', read: 'read', ping: 'read', enrich: 'read', whois: 'read',
    retrieve: 'read', view: 'read', count: 'read', compare: 'read', calculate: 'read', parse: 'read', extract: 'read',
    convert: 'read', decode: 'read', encode: 'read', format: 'read', filter: 'read', sort: 'read', hunt: 'read',
    investigate: 'read', collect: 'read', gather: 'read', inspect: 'read', display: 'read', print: 'read', wait: 'read', delay: 'read',
    sleep: 'read', poll: 'read', enumerate: 'read', identify: 'read', match: 'read', map: 'read', transform: 'read', reputation: 'read',
    whereis: 'read', dig: 'read', translate: 'read', dedup: 'read', deduplicate: 'read', summarize: 'read',
    rasterize: 'read', traceroute: 'read', screenshot: 'read', validate: 'read', determine: 'read', evaluate: 'read', select: 'read',
    resolve_dns: 'read', download: 'read', test: 'read', monitor: 'read',
    // Writes down what was found, where only people read it.
    comment: 'record', note: 'record', tag: 'record', untag: 'record', label: 'record', document: 'record', log: 'record',
    annotate: 'record', link: 'record', attach: 'record', assign: 'record', reassign: 'record', escalate: 'record',
    // Says something to people.
    send: 'notify', notify: 'notify', email: 'notify', mail: 'notify', message: 'notify', post: 'notify', reply: 'notify', forward: 'notify',
    ask: 'notify', announce: 'notify', page: 'notify', invite: 'notify', broadcast: 'notify', publish: 'notify', sendmail: 'notify',
    // Makes an alert, or a detection, say less.
    close: 'suppress', dismiss: 'suppress', acknowledge: 'suppress', ack: 'suppress', ignore: 'suppress', mute: 'suppress',
    snooze: 'suppress', suppress: 'suppress', archive: 'suppress', resolve: 'suppress', whitelist: 'suppress', allowlist: 'suppress',
    allow: 'suppress', exclude: 'suppress', except: 'suppress', exempt: 'suppress', trust: 'suppress',
    mark: 'suppress', merge: 'suppress', finish: 'suppress',
    // Cuts off.
    isolate: 'contain', quarantine: 'contain', block: 'contain', contain: 'contain', disable: 'contain', suspend: 'contain',
    deny: 'contain', ban: 'contain', lock: 'contain', sinkhole: 'contain', restrict: 'contain', prevent: 'contain',
    disconnect: 'contain', deactivate: 'contain', stop: 'contain', blacklist: 'contain', blocklist: 'contain', denylist: 'contain',
    shutdown: 'contain', freeze: 'contain', detach: 'contain', pause: 'contain', prohibit: 'contain', unassign: 'contain',
    // Removes.
    delete: 'evict', kill: 'evict', terminate: 'evict', wipe: 'evict', purge: 'evict', remove: 'evict', revoke: 'evict', erase: 'evict',
    reset: 'evict', expire: 'evict', logoff: 'evict', logout: 'evict', signout: 'evict', clear: 'evict', eradicate: 'evict', destroy: 'evict',
    drop: 'evict', uninstall: 'evict', remediate: 'evict', mitigate: 'evict', clean: 'evict', reboot: 'evict', restart: 'evict',
    shred: 'evict', invalidate: 'evict', rotate: 'evict', reimage: 'evict', flush: 'evict', truncate: 'evict', withdraw: 'evict', move: 'evict',
    // Gives back.
    unisolate: 'restore', unblock: 'restore', unquarantine: 'restore', uncontain: 'restore', restore: 'restore', release: 'restore',
    enable: 'restore', unlock: 'restore', unsuspend: 'restore', reactivate: 'restore', activate: 'restore', reconnect: 'restore',
    recover: 'restore', undo: 'restore', revert: 'restore', rollback: 'restore', rejoin: 'restore', unban: 'restore', reopen: 'restore',
    unrestrict: 'restore', unmark: 'restore', unarchive: 'restore', undelete: 'restore', resume: 'restore', lift: 'restore',
    unremediate: 'restore', unsuppress: 'restore', unmute: 'restore', unset: 'restore', unassociate: 'restore',
    // Changes how things are set up.
    create: 'harden', add: 'harden', update: 'harden', edit: 'harden', modify: 'harden', change: 'harden', set: 'harden', put: 'harden',
    patch: 'harden', insert: 'harden', apply: 'harden', configure: 'harden', install: 'harden', deploy: 'harden', push: 'harden',
    commit: 'harden', enforce: 'harden', replace: 'harden', import: 'harden', register: 'harden', enroll: 'harden', enrol: 'harden',
    append: 'harden', write: 'harden', save: 'harden', upsert: 'harden', rename: 'harden', attachpolicy: 'harden', grant: 'harden',
    authorize: 'harden', approve: 'harden', reject: 'harden', manage: 'harden', categorize: 'harden', classify: 'harden',
    recategorize: 'harden', sync: 'harden', synchronize: 'harden', promote: 'harden', tune: 'harden', upgrade: 'harden', store: 'harden',
    upload: 'harden', copy: 'harden', transfer: 'harden', associate: 'harden', disassociate: 'harden', report: 'harden', submit: 'harden',
    deprovision: 'evict', provision: 'harden', offboard: 'evict', onboard: 'harden', join: 'harden', leave: 'evict', increment: 'harden',
    // May do anything.
    execute: 'unknown', run: 'unknown', invoke: 'unknown', call: 'unknown', trigger: 'unknown', launch: 'unknown', initiate: 'unknown', start: 'unknown',
    scan: 'unknown', rescan: 'unknown', detonate: 'unknown', analyze: 'unknown', analyse: 'unknown', request: 'unknown', process: 'unknown',
    perform: 'unknown', script: 'unknown', command: 'unknown', bulk: 'unknown', generate: 'unknown', take: 'unknown', power: 'unknown',
    turn: 'unknown', force: 'unknown', cancel: 'unknown', abort: 'unknown', open: 'unknown', export: 'unknown', zip: 'unknown', backup: 'unknown',
    retry: 'unknown', resubmit: 'unknown', revalidate: 'unknown', refresh: 'unknown', schedule: 'unknown', ssh: 'unknown', winrm: 'unknown',
    remote: 'unknown', powershell: 'unknown', bash: 'unknown', http: 'unknown', webhook: 'unknown', dispatch: 'unknown', deserialize: 'unknown',
    snapshot: 'unknown', capture: 'unknown', acquire: 'unknown', sandbox: 'unknown', remediation: 'unknown', containment: 'unknown',
  } satisfies { readonly [verb: string]: VerbEffect }),
); // biome-ignore format: a table

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
    words: ['query', 'search', 'lookup', 'hunt'],
    effect: 'read',
  },
  { verbs: ['generate'], words: ['report', 'summary', 'hash', 'token', 'uuid'], effect: 'read' },
  // Looking something up by asking a name server, and not a case that is done with.
  { verbs: ['resolve'], words: ['ip', 'domain', 'hostname', 'dns', 'host', 'url', 'address'], effect: 'read' },
]; // biome-ignore format: a table
