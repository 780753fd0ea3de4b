import assert from 'node:assert/strict';
import { isAttackId, retiredAttackIds } from './attack-techniques.js';

describe('ATT&CK identifiers', () => {
  it('are known with their sub-techniques, of all three matrices', () => {
    for (const id of [
      'T1566',
      'T1566.002',
      'T1685.006',
      'T1027.018',
      'T1404',
      'T0800',
      'T0843.001',
      'TA0001',
      'TA0112',
    ])
      assert.ok(isAttackId(id), id);
    for (const id of ['T1566.200', 'T9999', 'T1055.006', 'TA0999', 'T1086', 'Attack', 'T1404.001', ''])
      assert.ok(!isAttackId(id), id);
  });

  it('that were taken back are no longer known, and their successors are', () => {
    assert.equal(retiredAttackIds().get('T1086'), 'T1059.001');
    for (const [old, successor] of retiredAttackIds()) {
      assert.ok(!isAttackId(old), old);
      assert.match(old, /^T\d{4}(\.\d{3})?$/);
      if (successor !== undefined) assert.ok(isAttackId(successor), successor);
    }
  });
});
