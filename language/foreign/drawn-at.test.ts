import assert from 'node:assert/strict';
import { parseYaml } from '../index.js';
import { drawnAt, drawnIn } from './drawn-at.js';

const of = (text: string) => drawnAt(parseYaml(text).root);

describe('Where a step is drawn', () => {
  it('is what each product says', () => {
    assert.deepEqual(of('view: |-\n  { "position": { "x": 50, "y": 370.4 } }\n'), { x: 50, y: 370 });
    assert.deepEqual(of('position: { x: 65.18, y: -220 }'), { x: 65, y: -220 });
    assert.deepEqual(of('position: [855.0, 570.0]'), { x: 855, y: 570 });
    assert.deepEqual(of('{ id: "3", x: 340, y: 2040 }'), { x: 340, y: 2040 });
  });

  it('is told of all steps together', () => {
    assert.deepEqual([...drawnIn('{"a":[570.0,-3],"b":"x","c":[1],"d":[1,{}]}')], [['a', { x: 570, y: -3 }]]);
    for (const text of [undefined, '', 'null', '[]', '{']) assert.equal(drawnIn(text).size, 0);
  });

  it('is not known where it says something else', () => {
    for (const text of [
      'id: a',
      'position: [1]',
      'position: { x: a, y: b }',
      'position: here',
      'view: "{"',
      'view: "[]"',
      'view: \'{"position":null}\'',
      'x: 1',
      '{ x: "", y: 1 }',
      '{ x: 1e400, y: 1 }',
    ])
      assert.equal(of(text), undefined, text);
  });
});
