import { ATTACK_VERSION, type AttackDomain } from '../../language/index.js';
import { count } from '../terminal.js';
import type { Covered } from './covered.js';

/**
 * A layer of the ATT&CK Navigator, version 4.5 of the format, as far as it is used here:
 * https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
 */
export interface Layer {
  readonly name: string;
  readonly versions: { readonly attack: string; readonly navigator: string; readonly layer: '4.5' };
  readonly domain: AttackDomain;
  readonly description: string;
  /** 3: the highest score first. */
  readonly sorting: 3;
  readonly layout: {
    readonly layout: 'side';
    readonly showID: boolean;
    readonly showName: boolean;
    readonly showAggregateScores: boolean;
    readonly aggregateFunction: 'max';
    readonly expandedSubtechniques: 'annotated';
  };
  readonly hideDisabled: boolean;
  readonly techniques: readonly LayerTechnique[];
  readonly gradient: { readonly colors: readonly string[]; readonly minValue: number; readonly maxValue: number };
  readonly metadata: readonly LayerMetadata[];
}

export interface LayerTechnique {
  readonly techniqueID: string;
  /** How many playbooks say that they answer it. */
  readonly score: number;
  readonly comment: string;
  readonly metadata: readonly LayerMetadata[];
}

export interface LayerMetadata {
  readonly name: string;
  readonly value: string;
}

/** The oldest Navigator that reads version 4.5, by the format's own words. */
const NAVIGATOR = '4.9.0';
const DESCRIPTION =
  'Techniques that playbooks say they answer, by how many. It is what their authors claim, and shows no detection.';

/** One layer for each matrix with techniques in it; for none, an empty one of Enterprise. */
export function layersOf(covered: Covered): readonly Layer[] {
  const domains = [...new Set(covered.techniques.map(({ domain }) => domain))].sort();
  return (domains.length === 0 ? (['enterprise-attack'] as const) : domains).map((domain) => layerOf(covered, domain));
}

/** As a file: a layer, or a list of them where there are several, which the Navigator opens as tabs. */
export function layerText(covered: Covered): string {
  const layers = layersOf(covered);
  return `${JSON.stringify(layers.length === 1 ? layers[0] : layers, null, 2)}\n`;
}

function layerOf({ techniques, playbooks, leftOut }: Covered, domain: AttackDomain): Layer {
  const own = techniques.filter((technique) => technique.domain === domain);
  const most = Math.max(1, ...own.map(({ answers }) => answers.length));
  return {
    name: 'Countersign playbooks',
    versions: { attack: ATTACK_VERSION, navigator: NAVIGATOR, layer: '4.5' },
    domain,
    description: DESCRIPTION,
    sorting: 3,
    layout: {
      layout: 'side',
      showID: true,
      showName: true,
      showAggregateScores: true,
      aggregateFunction: 'max',
      expandedSubtechniques: 'annotated',
    },
    hideDisabled: false,
    techniques: own.map(({ id, answers }) => ({
      techniqueID: id,
      score: answers.length,
      comment: `Answered by ${answers.map(({ playbook }) => playbook).join(', ')}.`,
      metadata: answers.map(({ playbook, model, cases }) => ({
        name: playbook,
        value: `${model}, ${count(cases, 'labelled case')}`,
      })),
    })),
    // From "one playbook" to the most; white is what nobody claims.
    gradient: { colors: ['#ffffff', '#9ecae1', '#08519c'], minValue: 0, maxValue: most },
    metadata: [
      { name: 'playbooks', value: String(playbooks.length) },
      { name: 'techniques', value: String(own.length) },
      ...leftOut.map(({ what, why }) => ({ name: `left out: ${what}`, value: why })),
    ],
  };
}
