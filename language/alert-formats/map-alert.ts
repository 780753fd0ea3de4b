import { parsedJson } from '../json.js';
import { attackDomain, attackEntry } from '../model/attack-names.js';
import { ATTACK_VERSION } from '../model/attack-techniques.js';
import type { Json } from '../syntax/tree.js';
import type { AlertFormat, NamedEntity } from './alert-format.js';
import { crowdstrike } from './crowdstrike.js';
import { defender } from './defender.js';
import { elastic } from './elastic.js';
import { googleSecops } from './google-secops.js';
import { panther } from './panther.js';
import { firstAt, valuesAt } from './read-path.js';
import { sentinel } from './sentinel.js';
import { sigma } from './sigma.js';
import { splunk } from './splunk.js';

/** The formats that are known. A further one is a file beside these and a line here, or a file of whoever needs it (`read-mapping`). */
export const ALERT_FORMATS: readonly AlertFormat[] = [
  elastic,
  sentinel,
  defender,
  splunk,
  crowdstrike,
  panther,
  sigma,
  googleSecops,
];

export type MappedAlert =
  | {
      readonly ok: true;
      /** An OCSF Detection Finding. */
      readonly alert: { readonly [member: string]: Json };
      /** What a playbook may miss in it, each a sentence. */
      readonly missing: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

const SEVERITIES = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'] as const;
/** OCSF observables of each type, by `type_id` and name (dictionary of OCSF 1.6). */
const OBSERVABLES: { readonly [T in Exclude<NamedEntity, 'endpoint'>]: readonly [id: number, type: string] } = {
  user: [4, 'User Name'],
  host: [1, 'Hostname'],
  ip: [2, 'IP Address'],
  domain: [1, 'Hostname'],
  url: [6, 'URL String'],
  hash: [8, 'Hash'],
  process: [9, 'Process Name'],
  email: [5, 'Email Address'],
};
/** Names that stand for nothing, and addresses that are every host's own. */
const NOBODY = new Set(['-', 'n/a', 'none', 'unknown', 'null', '127.0.0.1', '::1', '0.0.0.0', 'localhost']);

/** The format an alert is of: the first whose members are there. `own` are formats of somebody's own, looked at before. */
export function formatOf(source: Json, own: readonly AlertFormat[] = []): AlertFormat | undefined {
  if (!isObject(source)) return undefined;
  return [...own, ...ALERT_FORMATS].find(({ recognizedBy }) =>
    recognizedBy.every((path) => isObject(source[path]) || valuesAt(source, path).length > 0),
  );
}

/**
 * An alert of another product as an OCSF Detection Finding, by the table of its format. Nothing is made up: an entity is a value of
 * the alert, an identifier that ATT&CK does not have is left out, an unknown severity is 0, and without a time there is no finding.
 */
export function mapAlert(source: Json, format: AlertFormat): MappedAlert {
  if (!isObject(source)) return { ok: false, message: 'It is no JSON object. Export one alert at a time.' };
  const read = withTexts(source, format.jsonTexts ?? []);
  const time = timeOf(firstAt(read, format.time));
  if (time === undefined)
    return {
      ok: false,
      message: `It has no time at ${format.time.join(' or ')}, so it cannot be placed among its events.`,
    };
  const headline = firstAt(read, format.headline) ?? format.title;
  const word = firstAt(read, format.severity.at);
  const severity = word === undefined ? 0 : (format.severity.levels[word.toLowerCase()] ?? 0);
  const entities = entitiesOf(read, format);
  const attacks = attacksOf(read, format);
  const uid = firstAt(read, format.uid);
  const [host] = entities.get('host') ?? [];
  const missing = [
    ...(uid === undefined
      ? [format.uid.length === 0 ? 'The format has no identifier.' : `No identifier at ${format.uid.join(' or ')}.`]
      : []),
    ...(severity === 0
      ? [`The severity ${word === undefined ? 'is not said' : `"${word}" is not known`}, so it is 0.`]
      : []),
    ...(entities.size === 0 ? ['It names no entity that is known, so alert.entities is empty.'] : []),
  ];
  const alert = {
    class_uid: 2004,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: 1,
    activity_name: 'Create',
    type_uid: 200401,
    type_name: 'Detection Finding: Create',
    time,
    severity_id: severity,
    severity: SEVERITIES[severity],
    message: headline,
    metadata: { version: '1.6.0', product: { name: format.product, vendor_name: format.vendor } },
    finding_info: {
      uid: uid ?? 'unknown',
      title: headline,
      ...optional('desc', firstAt(read, format.description)),
      analytic: {
        type_id: 1,
        ...optional('name', firstAt(read, format.rule)),
        ...optional('uid', firstAt(read, format.ruleUid ?? [])),
      },
      ...(attacks.length > 0 ? { attacks } : {}),
    },
    observables: [...entities].flatMap(([type, values]) =>
      values.map((value) => ({
        name: `evidences[0].data.${type}`,
        type_id: OBSERVABLES[type][0],
        type: OBSERVABLES[type][1],
        value,
      })),
    ),
    ...(host === undefined ? {} : { device: { type_id: 0, hostname: host } }),
    evidences: [{ name: format.title, data: Object.fromEntries(entities) }],
  };
  return { ok: true, alert, missing };
}

type Entities = ReadonlyMap<keyof typeof OBSERVABLES, readonly string[]>;

function entitiesOf(source: Json, format: AlertFormat): Entities {
  const found = new Map<keyof typeof OBSERVABLES, Set<string>>();
  for (const { type, at } of format.entities) {
    for (const value of at.flatMap((path) => valuesAt(source, path)).map((one) => one.trim())) {
      if (value === '' || NOBODY.has(value.toLowerCase())) continue;
      const actual = type === 'endpoint' ? (isAddress(value) ? 'ip' : 'host') : type;
      found.set(actual, (found.get(actual) ?? new Set()).add(value));
    }
  }
  return new Map([...found].map(([type, values]) => [type, [...values]]));
}

function attacksOf(source: Json, format: AlertFormat): readonly Json[] {
  const named = format.techniques.flatMap((path) => valuesAt(source, path));
  // Sigma's tags are `attack.t1059.001`, Panther's reports `TA0002:T1059.001`.
  const ids = new Set(named.flatMap((one) => /(?:^|[.:])(T\d{4}(?:\.\d{3})?)$/i.exec(one)?.[1]?.toUpperCase() ?? []));
  return [...ids].flatMap((id): Json[] => {
    const parent = attackEntry(id.replace(/\..*/, ''));
    const entry = attackEntry(id);
    if (!entry || !parent || attackDomain(id) === undefined) return [];
    // The technique of a sub-technique that is there says nothing more.
    if (entry === parent && [...ids].some((other) => other.startsWith(`${id}.`))) return [];
    const sub = entry === parent ? {} : { sub_technique: { uid: id, name: entry.name.replace(/^.*?: /, '') } };
    return [{ technique: { uid: parent.id, name: parent.name }, ...sub, version: ATTACK_VERSION }];
  });
}

/** Milliseconds since 1970 of RFC 3339, or of a number of seconds or milliseconds. A time without a zone is UTC. */
function timeOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  const time = Number.isFinite(number) ? (number > 1e11 ? number : number * 1000) : Date.parse(withZone(value));
  return Number.isFinite(time) && time > 0 ? Math.round(time) : undefined;
}

function withZone(time: string): string {
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?$/.test(time) ? `${time.replace(' ', 'T')}Z` : time;
}

/** The alert with JSON instead of the texts that hold it; what is no JSON stays text. */
function withTexts(source: { readonly [member: string]: Json }, names: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(source).map(([name, value]) => [
      name,
      typeof value === 'string' && names.includes(name) ? parsed(value) : value,
    ]),
  );
}

function parsed(text: string): Json {
  const value = parsedJson(text);
  return value === undefined ? text : value;
}

function isObject(value: Json | undefined): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAddress(value: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(value) || (/^[0-9a-f:]+$/i.test(value) && value.split(':').length > 2);
}

function optional(name: string, value: string | undefined): { readonly [member: string]: string } {
  return value === undefined ? {} : { [name]: value };
}
