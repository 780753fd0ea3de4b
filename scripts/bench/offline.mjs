// Loaded before a peer: whatever it tries to send is refused and counted, so that "nothing was sent" is known, not hoped.
import dgram from 'node:dgram';
import net from 'node:net';

globalThis.attemptsToSend = [];

const refuse = (what) =>
  function refused(...details) {
    globalThis.attemptsToSend.push(`${what} ${JSON.stringify(details[0] ?? null)}`);
    throw new Error('The benchmark runs without a network.');
  };

globalThis.fetch = refuse('fetch');
net.Socket.prototype.connect = refuse('connect');
dgram.Socket.prototype.send = refuse('send');
