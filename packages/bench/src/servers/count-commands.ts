/**
 * Reads a client's commands in Redis's protocol, in pieces of any size, and reports the name of each: an array of bulk
 * strings, `*N` and N times `$length` and the bytes.
 */
export function createCommandCounter(onCommand: (name: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let argumentsLeft = 0;
  let isName = false;
  let skipBytes = 0;

  return (chunk) => {
    let at = 0;
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = Buffer.alloc(0);
    while (at < data.length) {
      if (skipBytes > 0) {
        const skipped = Math.min(skipBytes, data.length - at);
        skipBytes -= skipped;
        at += skipped;
        continue;
      }
      const end = data.indexOf("\r\n", at);
      const line = end === -1 ? "" : data.toString("latin1", at, end);
      const length = Number(line.slice(1));
      const isWholeName = end !== -1 && (!isName || end + 2 + length + 2 <= data.length);
      if (!isWholeName) {
        rest = data.subarray(at);
        return;
      }
      at = end + 2;
      if (line.startsWith("*")) {
        argumentsLeft = length;
        isName = true;
        continue;
      }
      if (argumentsLeft === 0) continue;
      if (isName) onCommand(data.toString("latin1", at, at + length).toUpperCase());
      isName = false;
      argumentsLeft -= 1;
      skipBytes = length + 2;
    }
  };
}
