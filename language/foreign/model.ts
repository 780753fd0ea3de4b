import type { EdgeKind } from '../authority/graph.js';
import type { Located, Range } from '../syntax/tree.js';
import type { DrawnAt } from './drawn-at.js';

/** The products whose playbooks are read as they are. */
export const FOREIGN_FORMATS = {
  xsoar: 'Cortex XSOAR / XSIAM',
  cacao: 'CACAO 2.0',
  elastic: 'Elastic workflow',
  'logic-apps': 'Azure Logic Apps',
  'google-secops': 'Google SecOps',
  stackstorm: 'StackStorm Orquesta',
  'splunk-soar': 'Splunk SOAR',
  shuffle: 'Shuffle',
  tines: 'Tines',
  n8n: 'n8n',
} as const;
export type ForeignFormat = keyof typeof FOREIGN_FORMATS;

/**
 * A playbook of another product, as far as authority is concerned: what it may do, in which order, and where people decide.
 * Every step of the file is in `steps` or, if nothing could be made of it, in `notUnderstood`.
 */
export interface ForeignPlaybook {
  readonly format: ForeignFormat;
  readonly uri: string;
  /** As people of the product know it. */
  readonly name: string;
  /** Names and ids by which other playbooks call it. */
  readonly names: readonly string[];
  /** Edges name steps by their index. Index 0 is where a run starts; it is no step of the file. */
  readonly steps: readonly ForeignStep[];
  readonly notUnderstood: readonly NotUnderstood[];
  /** How many steps the file has, counted without understanding them: what is accounted for is compared with it. */
  readonly stepsInFile: number;
}

/** Something of a file that could not be read as what the product means. */
export interface NotUnderstood {
  readonly uri: string;
  readonly range: Range;
  /** A sentence. */
  readonly what: string;
  /** Parts of the file may be missing, so nothing of it is proven. */
  readonly breaks?: true;
}

export interface ForeignStep {
  /** What people see and a path names; there is one of each in a playbook. */
  readonly id: string;
  readonly uri: string;
  /** Where the step is named. */
  readonly range: Range;
  readonly does: Doing;
  /** `all`: starts when everything that leads to it has ended with what the edge says; `any`: when one has. */
  readonly join: 'any' | 'all';
  readonly edges: readonly ForeignEdge[];
  /** Where the product draws it, if the file says so. */
  readonly drawnAt?: DrawnAt | undefined;
  /** It stands for a part of a step of the file, and is not counted: a further command of one step. */
  readonly part: boolean;
}

export type Doing =
  /** A call of a product's action. */
  | ForeignAct
  /** Asks a person. What the answer decides, edges say: those of this step or of one that reads the answer. */
  | {
      readonly kind: 'ask';
      readonly question: string;
      readonly who: readonly string[];
      readonly expires: string | null;
    }
  /** A person does something and says that it is done. */
  | { readonly kind: 'task'; readonly text: string }
  /** Another playbook. */
  | { readonly kind: 'call'; readonly target: Located<string>; readonly args: readonly ForeignArgument[] }
  /** Branches, waits, joins, data of the run: nothing outside it. `over`: of a loop, the list it goes over, as it is written. */
  | { readonly kind: 'flow'; readonly over?: string }
  /** Not understood: may do anything. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface ForeignAct {
  readonly kind: 'act';
  /** The action's name in the product. */
  readonly action: string;
  /** The part of that name that says what it does, where an integration's name comes before it. */
  readonly verb?: string;
  /** What it acts on, in words of the playbook. */
  readonly scope: string;
  /** The argument that `scope` is from; `undefined` where it is from none. */
  readonly target: string | undefined;
  /** What it is given, in the order of the file. Names may come twice. */
  readonly args: readonly ForeignArgument[];
  /** What the playbook says of it, to tell the effect where the action's name does not. */
  readonly description: string;
  /** What the format itself says of the effect: an HTTP method and path, a kind of action. */
  readonly hint: ActHint | undefined;
  /** Whether a person runs it: the product prepares it and waits. */
  readonly byPerson: boolean;
}

/** Something that a step is given, as the playbook writes it. */
export interface ForeignArgument {
  readonly name: string;
  /** Its text, lines kept; of a list or a map its JSON. What may be a secret is not in it. */
  readonly text: string;
}

export type ActHint =
  | { readonly kind: 'http'; readonly method: string; readonly path: string }
  /** Splunk's and others' own kinds of actions. */
  | { readonly kind: 'category'; readonly name: string };

export interface ForeignEdge {
  readonly to: number | 'end';
  readonly kind: EdgeKind;
  readonly branch?: string;
  readonly person?: PersonOnEdge;
  /** What has to hold, as the playbook writes it, on one line; for people. */
  readonly when?: string;
  /** It is taken whatever becomes of the other edges, if `when` holds where there is one; without, it is one of those of which a run takes one. */
  readonly alone?: true;
}

/**
 * What an edge says of a person. `approves`: it is only taken after a person answered so. `refuses`: after a person
 * answered no, or, where another step reads the answer, also when nobody did. `someone`: a person came by, and what they said decides nothing. An edge that is taken as well when nobody
 * answers says nothing of a person.
 */
export interface PersonOnEdge {
  readonly says: 'approves' | 'refuses' | 'someone';
  /** The step that asked. */
  readonly asked: string;
}
