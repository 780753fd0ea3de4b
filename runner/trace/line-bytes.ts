/** Lines of up to so many bytes, which is nearly all of them, are made in one place. */
const USUAL_BYTES = 64 * 1024;

/** Makes the bytes of one text after the other. Those of a text are good until those of the next are made. */
export function lineBytes(): (text: string) => Buffer {
  const place = Buffer.allocUnsafe(USUAL_BYTES);
  // A character of UTF-16 takes at most three bytes.
  return (text) => (text.length * 3 > USUAL_BYTES ? Buffer.from(text) : place.subarray(0, place.write(text)));
}
