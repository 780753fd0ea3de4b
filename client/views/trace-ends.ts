import { type FileHandle, open } from 'node:fs/promises';

/** The first and the last line of a trace, without their newlines. */
export interface TraceEnds {
  /** `undefined`: there is none, or it is longer than is read of it. */
  readonly first: string | undefined;
  /** `undefined`, too, where the file ends within a line: a run that broke off while it wrote. */
  readonly last: string | undefined;
}

/** What is read at once, in bytes. The ends of nearly every trace are shorter. */
const CHUNK = 16 * 1024;
/** Longest end that is read, in bytes: a list of runs must stay cheap whatever lies in the folder. */
const MOST = 1024 * 1024;
const NEWLINE = 0x0a;

/** Reads the ends of a file and never what is between. @throws as the file system does */
export async function traceEnds(path: string): Promise<TraceEnds> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return { first: await firstLine(file, size), last: await lastLine(file, size) };
  } finally {
    await file.close();
  }
}

async function firstLine(file: FileHandle, size: number): Promise<string | undefined> {
  for (let length = CHUNK; ; length *= 4) {
    const bytes = await read(file, 0, Math.min(length, size, MOST));
    const end = bytes.indexOf(NEWLINE);
    if (end >= 0) return bytes.toString('utf8', 0, end);
    if (length >= Math.min(size, MOST)) return undefined;
  }
}

async function lastLine(file: FileHandle, size: number): Promise<string | undefined> {
  for (let length = CHUNK; ; length *= 4) {
    const taken = Math.min(length, size, MOST);
    const bytes = await read(file, size - taken, taken);
    if (bytes.at(-1) !== NEWLINE) return undefined;
    const before = bytes.subarray(0, -1).lastIndexOf(NEWLINE);
    if (before >= 0 || taken === size) return bytes.toString('utf8', before + 1, bytes.length - 1);
    if (taken === MOST) return undefined;
  }
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}
