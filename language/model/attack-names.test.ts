import assert from 'node:assert/strict';
import { attackDomain, attackEntry } from './attack-names.js';
import { isAttackId } from './attack-techniques.js';

describe('ATT&CK names', () => {
  it('are those of techniques, sub-techniques and tactics, with the tactics they serve', () => {
    assert.deepEqual(attackEntry('T1566'), { id: 'T1566', name: 'Phishing', tactics: ['Initial Access'] });
    assert.deepEqual(attackEntry('T1566.002'), {
      id: 'T1566.002',
      name: 'Phishing: Spearphishing Link',
      tactics: ['Initial Access'],
    });
    assert.deepEqual(attackEntry('TA0008'), { id: 'TA0008', name: 'Lateral Movement', tactics: [] });
    assert.equal(attackEntry('T1566.200'), undefined);
    assert.equal(attackEntry(''), undefined);
  });

  it('are in one of three matrices', () => {
    const known: readonly (readonly [string, string | undefined])[] = [
      ['T1566.002', 'enterprise-attack'],
      ['T1486', 'enterprise-attack'],
      ['T1685', 'enterprise-attack'],
      ['T1595', 'enterprise-attack'],
      ['T1660', 'mobile-attack'],
      ['T1404', 'mobile-attack'],
      ['T0800', 'ics-attack'],
      ['T1693.001', 'ics-attack'],
      ['TA0001', undefined],
      ['T1566.200', undefined],
      ['T9999', undefined],
    ];
    for (const [id, domain] of known) assert.equal(attackDomain(id), domain, id);
  });

  it('are there for every identifier that is known, and no other', () => {
    for (let number = 0; number < 2000; number++) {
      const id = `T${String(number).padStart(4, '0')}`;
      const all = [id, ...Array.from({ length: 20 }, (_, sub) => `${id}.${String(sub).padStart(3, '0')}`)];
      all.push(`TA${id.slice(1)}`);
      for (const one of all) {
        const entry = attackEntry(one);
        assert.equal(entry !== undefined, isAttackId(one), one);
        if (entry && !one.startsWith('TA')) assert.ok(entry.tactics.length > 0, one);
      }
    }
  });
});
