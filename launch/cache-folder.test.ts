import assert from 'node:assert/strict';
import path from 'node:path';
import { cacheFolder } from './cache-folder.js';

describe('the folder of the code cache', () => {
  const at = (platform: NodeJS.Platform, env: { readonly [name: string]: string }, home = '/home/ana') =>
    cacheFolder({ platform, env, home });

  it('is where each system has such folders', () => {
    assert.equal(at('linux', {}), path.join('/home/ana', '.cache', 'countersign', 'code'));
    assert.equal(at('linux', { XDG_CACHE_HOME: '/var/x' }), path.join('/var/x', 'countersign', 'code'));
    assert.equal(at('darwin', {}), path.join('/home/ana', 'Library', 'Caches', 'countersign', 'code'));
    assert.equal(at('win32', { LOCALAPPDATA: '/c/local' }), path.join('/c/local', 'countersign', 'code'));
  });

  it('is nowhere without a folder of the user, or when nothing is to be kept', () => {
    assert.equal(at('linux', {}, ''), undefined);
    assert.equal(at('win32', {}), undefined);
    assert.equal(at('linux', { NODE_DISABLE_COMPILE_CACHE: '1' }), undefined);
  });

  it('does not depend on the working directory', () => {
    assert.equal(at('linux', { XDG_CACHE_HOME: 'x' }), path.join('/home/ana', '.cache', 'countersign', 'code'));
    assert.equal(at('linux', {}, 'ana'), undefined);
  });
});
