import assert from 'node:assert/strict';
import { uriKey } from './uri-key.js';

describe('uriKey', () => {
  it('is one for every spelling of an address', () => {
    assert.equal(uriKey('file:///a/team%40soc.tools.yaml'), uriKey('file:///a/team@soc.tools.yaml'));
    assert.equal(uriKey('file:///c%3A/a.yaml'), uriKey('file:///C:/a.yaml'));
    assert.equal(uriKey('file:///a/caf%C3%A9.yaml'), uriKey('file:///a/café.yaml'));
  });

  it('keeps different files apart', () => {
    assert.notEqual(uriKey('file:///a/A.yaml'), uriKey('file:///a/a.yaml'));
  });

  it('takes a stray percent sign as it is', () => {
    assert.equal(uriKey('file:///a/100%.yaml'), 'file:///a/100%.yaml');
  });
});
