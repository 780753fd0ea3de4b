import { html, nothing, type TemplateResult } from 'lit-html';
import { clock } from '../events/clock.js';
import { overlaps } from '../events/range.js';
import { fineSpan, span } from '../events/span.js';
import { shortened, visible } from '../events/visible.js';
import { plural, wordsFor } from '../events/words.js';
import type { Question } from '../model/ledger.js';
import { callTemplate } from '../parts/details.js';
import { dataJson, dataText, icon } from '../parts/text.js';
import type { State } from '../state.js';
import { Paged } from './paged.js';
import type { PaneActions } from './pane-actions.js';

/** Questions drawn before the rest waits for a press. */
const PAGE = 50;
/** Characters of one value; all of it is in the details of the event. */
const LIMIT = 4000;

/** Every question that was put to people: what, to whom, who answered, how long that took, and what ran because of it. */
export class ApprovalsPane {
  readonly #paged = new Paged(PAGE);

  template(state: State, actions: PaneActions): TemplateResult {
    const all = state.models.ledger.questions.filter((one) => overlaps(one, state.filter.range));
    const shown = this.#paged.shown(all);
    return html`<div class="ledger" data-testid="ledger" tabindex="0" role="region" aria-label="Approvals and tasks">
      ${
        all.length === 0
          ? html`<p class="note empty">${state.filter.range === undefined ? 'Nobody was asked: no gate was reached, and no person had anything to do.' : 'Nobody was asked in the chosen time.'}</p>`
          : nothing
      }
      ${shown.map((question) => entry(state, question, actions))}
      ${this.#paged.more(all, actions.redraw)}
    </div>`;
  }
}

function entry(state: State, question: Question, actions: PaneActions): TemplateResult {
  const line = state.story.lines.at(question.at);
  const { tone, icon: name, text } = outcomeOf(question, state);
  const waited = (question.to ?? state.story.end) - question.from;
  const chosen = [question.at, question.closed, ...question.answers].includes(state.selected ?? -1);
  return html`<article class="entry ${chosen ? 'selected' : ''}" data-testid="question" data-step=${visible(question.step)} data-outcome=${visible(question.outcome ?? 'open')}>
    <h3 class=${tone}>
      ${icon(name)}<button class="link" @click=${() => actions.select(question.at)}>
        ${question.kind === 'approval' ? 'Approval' : 'Task'} at ${visible(question.step || 'the resumed run')}
      </button>
      <span class="ended">${text}</span>
    </h3>
    <dl>
      ${line === undefined ? nothing : asked(line)}
      ${term('Waited', html`${fineSpan(waited)}${question.to === undefined ? ' so far' : ''}, from ${clock(question.from)}`)}
      ${answers(state, question, actions)}
      ${
        question.closed === undefined
          ? nothing
          : term('Outcome', html`${link(state, question.closed, actions)} ${why(state, question.closed)}`)
      }
      ${
        question.kind === 'task'
          ? nothing
          : term(
              'Ran because of it',
              question.ran.length === 0
                ? html`nothing`
                : html`<ul class="plain">
                    ${question.ran.map((at) => html`<li>${link(state, at, actions)}</li>`)}
                  </ul>`,
            )
      }
    </dl>
  </article>`;
}

/** What was asked and of whom, as the trace says it was shown. */
function asked(line: NonNullable<ReturnType<State['story']['lines']['at']>>): TemplateResult | typeof nothing {
  if (line.event === 'gate.opened') {
    const { ask, calls, evidence, roles, approvers, quorum, timeoutMs } = line.data;
    return html`${term('Asked', html`${limited(ask)}`)}
    ${term(
      `${calls.length === 1 ? 'Exact call' : `Exact calls (${calls.length})`}`,
      calls.length === 0 ? html`none` : html`${calls.map((call) => callTemplate(call, LIMIT))}`,
    )}
    ${
      evidence.length === 0
        ? nothing
        : term(
            'Shown',
            html`${evidence.map(({ expression, value }) => html`<h4>${visible(shortened(expression, LIMIT))}</h4>${typeof value === 'string' && value.length <= LIMIT ? html`<p class="data">${dataText(value)}</p>` : dataJson(value, LIMIT)}`)}`,
          )
    }
    ${term(
      'Could answer',
      html`${limited(approvers.join(', ') || 'nobody')}
        <span class="note">${visible(shortened(roles.join(' or '), LIMIT))}; ${quorum} ${plural('person', quorum).replace('persons', 'people')} needed; silence denies${timeoutMs === null ? '' : ` after ${span(timeoutMs)}`}</span>`,
    )}`;
  }
  if (line.event === 'task.opened') {
    const { task, role, call } = line.data;
    return html`${term('Asked', html`${limited(task)}`)}
    ${call === null ? nothing : term('To do by hand', callTemplate(call, LIMIT))}
    ${term('Could answer', html`${visible(shortened(role || 'anybody', LIMIT))}`)}`;
  }
  return nothing;
}

function answers(state: State, question: Question, actions: PaneActions): TemplateResult {
  return term(
    'Answered',
    question.answers.length === 0
      ? html`nobody`
      : html`<ul class="plain">
          ${question.answers.map((at) => {
            const line = state.story.lines.at(at);
            if (line === undefined) return nothing;
            const { note } = wordsFor(line, state.story);
            return html`<li>
              ${link(state, at, actions)}
              <span class="note">${clock(line.mono)}${line.actor.how === undefined ? '' : `, known how: ${visible(line.actor.how)}`}</span>
              ${note === '' ? nothing : html`<span class="data">“${note}”</span>`}
            </li>`;
          })}
        </ul>`,
  );
}

function link(state: State, at: number, actions: PaneActions): TemplateResult | typeof nothing {
  const line = state.story.lines.at(at);
  if (line === undefined) return nothing;
  const { text } = wordsFor(line, state.story);
  return html`<button class="link" @click=${() => actions.select(at)}>${text}</button>`;
}

function why(state: State, at: number): unknown {
  const line = state.story.lines.at(at);
  return line?.event === 'gate.closed'
    ? html`<span class="note">${visible(shortened(line.data.because, LIMIT))}</span>`
    : nothing;
}

/** A text as it was shown, up to what a ledger has room for. */
function limited(text: string): TemplateResult {
  return text.length <= LIMIT
    ? html`<span class="data">${dataText(text)}</span>`
    : html`<span class="data">${dataText(shortened(text, LIMIT))}</span> <span class="note">all ${text.length.toLocaleString('en')} characters are in the event</span>`;
}

function term(label: string, value: unknown): TemplateResult {
  return html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}

function outcomeOf(
  { outcome, kind }: Question,
  { live }: State,
): { readonly tone: string; readonly icon: string; readonly text: string } {
  switch (outcome) {
    case undefined:
      return live
        ? { tone: 'warning', icon: 'watch', text: 'waiting' }
        : { tone: 'warning', icon: 'question', text: 'no answer in the trace' };
    case 'approved':
    case 'done':
      return { tone: 'good', icon: kind === 'task' ? 'check' : 'verified', text: outcome };
    case 'withdrawn':
    case 'asked afresh':
      return { tone: 'quiet', icon: 'discard', text: outcome };
    default:
      return { tone: 'bad', icon: 'error', text: visible(outcome) };
  }
}
