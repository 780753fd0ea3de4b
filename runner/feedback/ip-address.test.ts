import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { ipVersion } from './ip-address.js';

describe('an IP address', () => {
  it('is what the system takes for one', () => {
    const like = fc.array(fc.constantFrom('0', '1', '255', '256', '01', 'ffff', '.', ':', '::', 'g'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          like.map((parts) => parts.join('')),
        ),
        (text) => {
          assert.equal(ipVersion(text), isIP(text), text);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
