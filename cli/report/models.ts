import { type Block, heading, list, table, text } from '../document/document.js';
import { linkTo, type Subject } from './subject.js';

/** What each playbook claims to be, and what its steps amount to. */
export function operatingModels({ playbooks, home }: Subject): readonly Block[] {
  const drifting = playbooks.filter(({ boundary }) => boundary.operatingModel.computed === 'autonomous');
  const wrong = playbooks.filter(
    ({ boundary: { operatingModel } }) =>
      operatingModel.declared !== null && operatingModel.declared !== operatingModel.computed,
  );
  return [
    heading(2, 'Operating model: claimed and computed'),
    table(
      ['Playbook', 'Claims', 'Is', 'Because'],
      playbooks.map(({ id, file, boundary: { operatingModel } }) => [
        [linkTo(home, file, id)],
        operatingModel.declared ?? 'nothing',
        operatingModel.computed === operatingModel.declared
          ? operatingModel.computed
          : [{ strong: operatingModel.computed }],
        operatingModel.because[0] ?? '',
      ]),
    ),
    ...(drifting.length === 0
      ? []
      : [
          text(
            { strong: 'Nobody stands in the way:' },
            ' in these, consequential acts run and no step involves a person. That is no accepted operating model.',
          ),
          list(drifting.map(({ id }) => id)),
        ]),
    ...(wrong.length === 0
      ? [text('Every claim is what the steps amount to.')]
      : [text({ strong: 'The claim is not what the steps amount to:' }, ' ', wrong.map(({ id }) => id).join(', '))]),
  ];
}
