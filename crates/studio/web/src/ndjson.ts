/**
 * Newline-delimited JSON out of a byte stream: each complete line becomes one value, however the bytes were cut.
 *
 * Invariant: a line longer than `LINE_BYTES_MAX` ends the reading with an error, so that a broken server can't
 * fill the page's memory.
 */

/** Longest accepted line, in UTF-16 units; the largest real answers are data pages of a few megabytes. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Yields the lines' values in order; empty lines are skipped.
 *
 * Throws a `SyntaxError` for a line that is not JSON and whatever the stream fails with.
 */
export async function* jsonLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      if (rest.length > LINE_BYTES_MAX) throw new SyntaxError("a line of the answer is too long");
      for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
      if (done) return;
    }
  } finally {
    reader.releaseLock();
  }
}
