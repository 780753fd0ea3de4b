import type { ComparedCase, Comparison } from '../../runner/index.js';
import { count, plain, type Terminal } from '../terminal.js';
import { RATE_WORDS, rateWords } from './words.js';

/** `undefined`: nothing was to be compared with. */
export type Compared = Comparison | undefined;

/** What differs from an earlier evaluation, for people; nothing where there is none. */
export function comparedLines(compared: Compared, { paint }: Pick<Terminal, 'paint'>): readonly string[] {
  if (!compared) return [];
  const { baseline, regressions, fixed, changed, added, gone, rates } = compared;
  const cases = (title: string, colour: 'red' | 'green' | 'yellow', all: readonly ComparedCase[]): readonly string[] =>
    all.map((one) => `  ${paint(colour, title)} ${plain(caseWords(one))}\n`);
  const none = [regressions, fixed, changed, added, gone, rates].every((all) => all.length === 0);
  return [
    `\n${paint('bold', `Since ${plain(baseline.at)}`)} (model ${plain(baseline.model)}, Countersign ${plain(baseline.engine)})\n`,
    none ? '  nothing changed\n' : '',
    ...cases('worse', 'red', regressions),
    ...cases('better', 'green', fixed),
    ...cases('other', 'yellow', changed),
    added.length > 0 ? `  new: ${added.map(plain).join(', ')}\n` : '',
    gone.length > 0 ? `  no longer there: ${count(gone.length, 'case')}: ${gone.map(plain).join(', ')}\n` : '',
    ...rates.map((one) => {
      const sure = one.apart ? '' : '; chance may account for it';
      return `  ${RATE_WORDS[one.name].title}: was ${rateWords(one.before)}; is ${rateWords(one.now)}${sure}\n`;
    }),
  ];
}

/** What changed in a case. */
export function caseWords(one: ComparedCase): string {
  const { before, now, unmet, newlyAlone } = one;
  const passed = `${before.passed} of ${before.of} runs were as expected, ${now.passed} of ${now.of} are`;
  const verdicts =
    before.verdicts.join() === now.verdicts.join()
      ? ''
      : `; the verdict was ${before.verdicts.join(' or ')}, and is ${now.verdicts.join(' or ')}`;
  const alone = newlyAlone.length === 0 ? '' : `; runs without a person now: ${newlyAlone.join(', ')}`;
  return `${one.playbook} on ${one.case}: ${passed}${verdicts}${alone}.${unmet.length === 0 ? '' : ` ${unmet.join(' ')}`}`;
}
