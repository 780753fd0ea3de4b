import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { keyed } from 'lit-html/directives/keyed.js';
import type { TaskRequest } from '../../../runner/protocol/messages.js';
import { type Field, fieldsOf, fillIn } from '../events/fields.js';
import { visible } from '../events/visible.js';
import { type FromViewer, MAX_TEXT } from '../protocol/messages.js';
import type { Question } from '../state.js';
import { whoAmI } from './approval-card.js';
import { callTemplate } from './details.js';
import { dataText, icon } from './text.js';

export type Task = Extract<Question, { kind: 'task' }>;
type Performed = Extract<FromViewer, { type: 'perform' }>;
type Problems = ReadonlyMap<string, string>;

/** Something a person does by hand, with what they are to fill in about it. */
export function taskCard(
  { ask, request, user }: Task,
  problems: Problems,
  answer: (form: HTMLFormElement, done: boolean) => void,
): TemplateResult {
  const fields = fieldsOf(request.fields);
  const finish = (done: boolean) => (event: Event) => {
    event.preventDefault();
    const form = event.target instanceof Element ? event.target.closest('form') : null;
    if (form !== null) answer(form, done);
  };
  return html`${keyed(
    ask,
    html`<form class="card" data-testid="task-card" data-step=${visible(request.step)} aria-labelledby="card-title" novalidate @submit=${finish(true)}>
      <div class="card-body" tabindex="0" role="group" aria-label="The task">
        ${guard([request], () => whatIsToDo(request))}
        ${fields.map((field) => fieldTemplate(field, problems.get(field.name)))}
      </div>
      <div class="card-answer">
        <div class="card-fields">${whoAmI(peopleFor(request, user), user, problems.get(''))}</div>
        <p class="problem" role="alert" data-testid="card-problem">${[...problems.values()].join(' ')}</p>
        <div class="card-buttons">
          <button type="button" class="secondary" data-testid="not-done" data-default-focus @click=${finish(false)}>
            I did not do it
          </button>
          <button type="submit" data-testid="done">Done</button>
        </div>
      </div>
    </form>`,
  )}`;
}

/** Drawn once, however long it is. */
function whatIsToDo({ role, title, task, call }: TaskRequest): TemplateResult {
  return html`<h2 id="card-title">${icon('person')}<span>Task${role === '' ? '' : html` for ${dataText(role, 'line')}`}: ${dataText(title, 'line')}</span></h2>
  <p class="data ask" data-testid="task">${dataText(task)}</p>
  ${
    call === null
      ? nothing
      : html`<h3>Do this yourself; Countersign does not call it</h3>
          ${callTemplate(call)}`
  }`;
}

/** What was filled in, as an answer or as problems by field; the empty field name is the choice of person. */
export function readTask(form: HTMLFormElement, { ask, request }: Task, done: boolean): Performed | Problems {
  const data = new FormData(form);
  const as = String(data.get('as') ?? '');
  if (!done && as !== '') return { type: 'perform', ask, done, as, output: {} };
  const filled = fillIn(fieldsOf(request.fields), (name) => String(data.get(`field:${name}`) ?? ''));
  const problems = new Map(filled.ok || !done ? [] : filled.problems.map(({ field, message }) => [field, message]));
  if (as === '') problems.set('', 'Choose who you are: the trace names the person who answers.');
  return filled.ok && problems.size === 0 ? { type: 'perform', ask, done, as, output: filled.output } : problems;
}

/** A task without a role may be done by anybody, which here is the editor's user. */
function peopleFor({ people }: TaskRequest, user: string): readonly string[] {
  return people.length === 0 ? [user] : people;
}

function fieldTemplate(field: Field, problem: string | undefined): TemplateResult {
  const id = `field-${field.name}`;
  return html`<div class="field">
    <label for=${id}
      >${dataText(field.label, 'line')}${field.required ? nothing : html` <span class="note">(may be left empty)</span>`}</label
    >
    ${field.help === '' ? nothing : html`<p class="note">${dataText(field.help)}</p>`} ${inputTemplate(field, id, problem !== undefined)}
  </div>`;
}

function inputTemplate({ name, input }: Field, id: string, wrong: boolean): TemplateResult {
  const invalid = wrong ? 'true' : 'false';
  const key = `field:${name}`;
  switch (input.kind) {
    case 'boolean':
      return choice(id, key, invalid, [
        ['yes', 'Yes'],
        ['no', 'No'],
      ]);
    case 'choice':
      return choice(
        id,
        key,
        invalid,
        input.options.map((option, index) => [
          String(index),
          typeof option === 'string' ? option : JSON.stringify(option),
        ]),
      );
    case 'number':
    case 'integer':
      return html`<input id=${id} name=${key} data-testid=${key} inputmode="decimal" maxlength="40" aria-invalid=${invalid} />`;
    case 'text':
    case 'lines':
    case 'json':
      return html`<textarea
        id=${id}
        name=${key}
        data-testid=${key}
        rows=${input.kind === 'text' ? 2 : 3}
        maxlength=${MAX_TEXT}
        placeholder=${input.kind === 'lines' ? 'One entry a line' : input.kind === 'json' ? 'JSON' : ''}
        aria-invalid=${invalid}
      ></textarea>`;
  }
}

/** A choice starts empty, so that an answer is never given by not looking. */
function choice(
  id: string,
  key: string,
  invalid: string,
  options: readonly (readonly [string, string])[],
): TemplateResult {
  return html`<select id=${id} name=${key} data-testid=${key} aria-invalid=${invalid}>
    <option value="">Choose…</option>
    ${options.map(([value, label]) => html`<option value=${value}>${visible(label)}</option>`)}
  </select>`;
}
