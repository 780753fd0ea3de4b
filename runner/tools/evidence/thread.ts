// The program of the thread that answers questions about event data: SQL runs as long as it likes, so it runs where it can be
// ended. It never reaches files, the network or the clock.
import { parentPort, workerData } from 'node:worker_threads';
import { answerBuiltIn } from '../behaviour/built-ins.js';
import { type EvidenceDatabase, openDatabase } from './database.js';
import type { Question, Reply, ThreadData } from './questions.js';

let data: ThreadData = workerData;

// What SQLite calls `now` is the moment of the alert, and its local time UTC: the same query has the same answer in every
// run and on every machine. This thread has a world of its own, so nobody else sees that.
Date.now = () => data.now;
Date.prototype.getTimezoneOffset = () => 0;
Date.prototype.getFullYear = Date.prototype.getUTCFullYear;
Date.prototype.getMonth = Date.prototype.getUTCMonth;
Date.prototype.getDate = Date.prototype.getUTCDate;
Date.prototype.getDay = Date.prototype.getUTCDay;
Date.prototype.getHours = Date.prototype.getUTCHours;
Date.prototype.getMinutes = Date.prototype.getUTCMinutes;
Date.prototype.getSeconds = Date.prototype.getUTCSeconds;

let database: Promise<EvidenceDatabase> | undefined;

async function answer(question: Question): Promise<Reply | undefined> {
  switch (question.kind) {
    case 'take': {
      const old = database;
      database = undefined;
      data = { tables: question.tables ?? data.tables, now: question.now };
      (await old)?.close();
      return undefined;
    }
    case 'fill': {
      database ??= openDatabase(data.tables);
      await database;
      return { id: question.id, kind: 'fill' };
    }
    case 'query': {
      database ??= openDatabase(data.tables);
      return { id: question.id, kind: 'query', answer: (await database).query(question.sql, question.parameters) };
    }
    case 'built-in':
      return {
        id: question.id,
        kind: 'built-in',
        answer: answerBuiltIn(question.name, question.arguments, data.tables),
      };
  }
}

parentPort?.on('message', (question: Question) => {
  answer(question).then(
    (reply) => {
      if (reply) parentPort?.postMessage(reply);
    },
    (error: unknown) => {
      throw error;
    },
  );
});
