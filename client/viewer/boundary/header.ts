import { html, nothing, type TemplateResult } from 'lit-html';
import { dataText, icon } from '../parts/text.js';
import type { ToBoundaryPage } from '../protocol/boundary-messages.js';
import { groupsOf } from './facts.js';

export type Shown = Extract<ToBoundaryPage, { readonly type: 'show' }>;

/** What is compared with what. */
export function heading({ comparison, revision }: Shown): TemplateResult {
  const at = html`<strong>${dataText(revision, 'line')}</strong> <code>${comparison.commit.slice(0, 12)}</code>`;
  if (comparison.kind === 'review') {
    return html`<h1>Boundary changes in ${dataText(comparison.repository, 'line')}</h1>
      <p class="sides">
        What every playbook of the workspace may do <strong>now</strong>, unsaved text included, beside what it might do at ${at}
      </p>`;
  }
  const { playbook, file, moved } = comparison;
  return html`<h1>Boundary of ${dataText(playbook, 'line')}</h1>
    <p class="sides">
      What it may do <strong>now</strong>, unsaved text included, beside what it might do at ${at}
    </p>
    ${file === null ? html`<p class="notice">${icon('info')} ${dataText(revision, 'line')} has no such playbook, so everything it may do is new.</p>` : nothing}
    ${moved ? html`<p class="notice">${icon('info')} There it is <code>${dataText(file ?? '', 'line')}</code>.</p>` : nothing}`;
}

/** What came of it, in a sentence. */
export function outcome({ comparison }: Shown): { readonly icon: string; readonly words: string } {
  const { acts, unchanged } = comparison;
  if (comparison.kind === 'review' && comparison.playbooks === 0)
    return {
      icon: 'info',
      words: 'There is no playbook here, and there was none then. Their names end in .playbook.yaml.',
    };
  const looked =
    comparison.kind === 'review'
      ? `${counted(comparison.playbooks, 'playbook')}, ${comparison.touched || 'none'} touched`
      : '';
  const rest = `${unchanged} unchanged`;
  if (acts.length === 0) {
    const words =
      comparison.kind === 'review'
        ? `Nothing that playbooks may do has changed: ${looked}.`
        : `Nothing it may do has changed (${rest}).`;
    return { icon: 'pass', words };
  }
  const counts = groupsOf(acts).map(({ title, acts }) => `${acts.length} ${title[0]?.toLowerCase()}${title.slice(1)}`);
  const more =
    comparison.kind === 'review' && comparison.unlisted > 0
      ? [`${comparison.unlisted} more, which "countersign diff" lists`]
      : [];
  const told = `Acts: ${[...counts, ...more, rest].join('; ')}.`;
  return { icon: 'shield', words: looked === '' ? told : `${looked}. ${told}` };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
