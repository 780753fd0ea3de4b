import { Worker } from 'node:worker_threads';

/** Playbooks `from` to `to - 1`, for one worker to take at a time. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is shared out. */
export interface Shared<Figures> {
  readonly worker: URL;
  readonly workerData: unknown;
  readonly from: number;
  readonly to: number;
  readonly stretch: number;
  readonly jobs: number;
  /** Takes what came of a stretch. */
  readonly take: (figures: Figures) => void;
  /** Whether to leave off. */
  readonly isEnough: () => boolean;
}

/** Shares playbooks among threads, stretch after stretch; a worker's error is the caller's. */
export async function share<Figures>(all: Shared<Figures>): Promise<void> {
  let next = all.from;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(all.worker, { workerData: all.workerData });
      const go = (): void => {
        if (next >= all.to || all.isEnough()) {
          void worker.terminate().then(() => resolve());
          return;
        }
        const message: Stretch = { from: next, to: Math.min(next + all.stretch, all.to) };
        next = message.to;
        worker.postMessage(message);
      };
      worker.on('message', (figures: Figures) => {
        all.take(figures);
        go();
      });
      worker.on('error', reject);
      go();
    });
  await Promise.all(Array.from({ length: all.jobs }, work));
}
