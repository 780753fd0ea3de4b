import assert from 'node:assert/strict';
import fc from 'fast-check';
import { merkleTree } from './merkle.js';
import { openNote, privateKeyOf, publicKeyFrom, signerFrom, signNote } from './note.js';
import { testSigner } from './sample.test.js';

// Of the package golang.org/x/mod/sumdb/note, which others wrote.
const PRIVATE = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PUBLIC = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NOTE = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

describe('signed notes', () => {
  it('are those of others', () => {
    const signer = signerFrom(PRIVATE);
    const key = publicKeyFrom(PUBLIC);
    assert.ok(signer && key);
    assert.equal(signer.public.vkey, PUBLIC);
    assert.equal(signNote(TEXT, signer), NOTE);
    assert.deepEqual(openNote(NOTE, key), { ok: true, text: TEXT });
  });

  it('are not opened when a byte of them was changed', () => {
    const key = publicKeyFrom(PUBLIC);
    assert.ok(key);
    const bytes = Buffer.from(NOTE);
    for (const at of bytes.keys()) {
      for (const change of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ change;
        assert.equal(openNote(changed.toString('utf8'), key).ok, false, `byte ${at}`);
      }
    }
    for (let at = 0; at < NOTE.length; at++) assert.equal(openNote(NOTE.slice(0, at), key).ok, false);
  });

  it('of another key are told apart from those that were changed', () => {
    const { public: key } = testSigner();
    assert.deepEqual(openNote(NOTE, key), { ok: false, fault: 'unknown-key' });
    const own = signNote(TEXT, testSigner());
    const [line = ''] = own.split('\n').slice(-2);
    assert.deepEqual(openNote(`${NOTE}${line}\n`, key), { ok: true, text: TEXT }, 'other signatures are passed over');
    assert.deepEqual(openNote(own.replace('answer', 'cause'), key), { ok: false, fault: 'bad-signature' });
    assert.deepEqual(openNote('nothing', key), { ok: false, fault: 'malformed' });
  });

  it('have keys whose text is read only as it is written', () => {
    const text = privateKeyOf('soc.example/ana', Buffer.alloc(32, 1));
    const signer = signerFrom(`${text}\n`);
    assert.ok(signer);
    assert.equal(publicKeyFrom(signer.public.vkey)?.vkey, signer.public.vkey);
    const wrong = [
      '',
      'soc.example/ana',
      signer.public.vkey.replace('ana', 'eve'),
      signer.public.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
      `${signer.public.vkey}=`,
      signer.public.vkey.replace('soc', 's oc'),
    ];
    for (const one of wrong) assert.equal(publicKeyFrom(one), undefined, one);
    assert.equal(signerFrom(signer.public.vkey), undefined);
    assert.equal(signerFrom(text.replace('ana', 'eve')), undefined);
    fc.assert(fc.property(fc.string(), (junk) => signerFrom(junk) === undefined && publicKeyFrom(junk) === undefined));
  });
});

describe('the Merkle tree', () => {
  it('has the roots that Certificate Transparency tests with', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const tree = merkleTree();
    assert.equal(tree.root().toString('hex'), roots[0]);
    for (const [i, leaf] of leaves.entries()) {
      tree.add(Buffer.from(leaf, 'hex'));
      assert.deepEqual([tree.size, tree.root().toString('hex')], [i + 1, roots[i + 1]]);
    }
  });
});
