import { closeSync, openSync, readSync } from "node:fs";
import { collected } from "#package/commands/terminal.ts";

const PART_BYTES = 2 ** 16;

/**
 * The text of a file, read at once; null where it has more bytes than commands read. The size of a device or a pipe says nothing.
 *
 * @throws Error of Node where it cannot be read
 */
export const fileText = (path: string): string | null => {
  const file = openSync(path, "r");
  try {
    const read = collected();
    const part = Buffer.alloc(PART_BYTES);
    for (;;) {
      const bytes = readSync(file, part);
      if (bytes === 0) return read.text();
      if (!read.add(part.subarray(0, bytes))) return null;
    }
  } finally {
    closeSync(file);
  }
};
