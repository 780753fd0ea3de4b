/** What a path may name: an entity type of the language that OCSF has an observable for, or an address that may be a host's. */
export type NamedEntity =
  | 'user'
  | 'host'
  | 'ip'
  | 'domain'
  | 'url'
  | 'hash'
  | 'process'
  | 'email'
  /** An address or the name of a host, whichever it looks like. */
  | 'endpoint';

/** OCSF `severity_id`: 1 informational, 2 low, 3 medium, 4 high, 5 critical. What is in no table is 0, unknown. */
export type SeverityId = 0 | 1 | 2 | 3 | 4 | 5;

/**
 * How alerts of one product become OCSF Detection Findings: which member says what. Data, so that a format is read and reviewed
 * like a table.
 *
 * A path is names joined by dots. A name that has dots itself, as `kibana.alert.rule.name` has, is found as well; of a list every
 * item is read; `Entities[Type=ip].Address` reads those items whose `Type` is `ip`. Of several paths the first with a value
 * counts, but of entities all do.
 */
export interface AlertFormat {
  /** What `--from` takes. */
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
  readonly product: string;
  /** An alert is of this format when each of these has a value. */
  readonly recognizedBy: readonly string[];
  /** Members that hold JSON as text. */
  readonly jsonTexts?: readonly string[];
  readonly uid: readonly string[];
  readonly headline: readonly string[];
  readonly description: readonly string[];
  readonly rule: readonly string[];
  readonly ruleUid?: readonly string[];
  /** When it was reported: RFC 3339, or seconds or milliseconds since 1970. */
  readonly time: readonly string[];
  readonly severity: { readonly at: readonly string[]; readonly levels: { readonly [word: string]: SeverityId } };
  /** Identifiers of ATT&CK techniques; anything else there is passed over. */
  readonly techniques: readonly string[];
  readonly entities: readonly { readonly type: NamedEntity; readonly at: readonly string[] }[];
}

export const USUAL_LEVELS: { readonly [word: string]: SeverityId } = {
  info: 1,
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};
