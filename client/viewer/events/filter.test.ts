import assert from 'node:assert/strict';
import { smallTrace } from '../testing/sample-trace.test.js';
import { CHIPS, type Filter, matching, nothingFor } from './filter.js';
import { Story } from './story.js';

const story = new Story();
story.append(smallTrace());

function events(filter: Filter): readonly string[] {
  return matching(story, filter).map((index) => `${index} ${story.lines.at(index)?.event}`);
}

describe('The filter of a trace', () => {
  it('takes reads for no acts', () => {
    assert.deepEqual(events({ chip: 'acts', search: '' }), [
      '8 proposed',
      '9 authorized',
      '21 proposed',
      '22 authorized',
      '23 intent',
      '24 executed',
    ]);
  });

  it('shows each kind of its own', () => {
    assert.deepEqual(events({ chip: 'denied', search: '' }), ['9 authorized']);
    assert.deepEqual(events({ chip: 'approvals', search: '' }), ['16 gate.opened', '17 decided', '18 gate.closed']);
    assert.deepEqual(events({ chip: 'model', search: '' }), [
      '2 model.request',
      '3 model.response',
      '10 model.response',
      '11 budget',
    ]);
    assert.equal(matching(story, { chip: 'tools', search: '' }).length, 10);
    assert.equal(matching(story, { chip: 'all', search: '' }).length, story.lines.length);
  });

  it('finds all words of a search, in any case, in the words or the data', () => {
    assert.deepEqual(events({ chip: 'all', search: 'DENIED close' }), ['9 authorized']);
    assert.deepEqual(events({ chip: 'tools', search: 'dear ana' }), ['7 executed']);
    assert.deepEqual(events({ chip: 'all', search: 'nowhere' }), []);
  });

  it('goes on where it was when the trace grew', () => {
    assert.deepEqual(matching(story, { chip: 'denied', search: '' }, 9), [9]);
    assert.deepEqual(matching(story, { chip: 'denied', search: '' }, 10), []);
  });

  it('counts an act nobody described as consequential', () => {
    assert.equal(new Story().isConsequential('unknown'), true);
    assert.equal(story.isConsequential('call-1'), false);
  });

  it('says of each kind what it means that there is none', () => {
    const titles = CHIPS.map((chip) => nothingFor({ chip, search: '' }, false)[0]);
    assert.equal(new Set(titles).size, CHIPS.length);
    assert.equal(nothingFor({ chip: 'acts', search: '' }, true)[0], 'No consequential act yet');
    assert.equal(nothingFor({ chip: 'acts', search: 'mail' }, false)[0], 'No event matches');
  });
});
