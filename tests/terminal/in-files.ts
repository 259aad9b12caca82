import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs something on texts that lie in files while it runs. */
export const inFiles = async <T>(
  texts: readonly string[],
  body: (paths: readonly string[]) => Promise<T>,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-rows-"));
  const paths = texts.map((_, index) => join(folder, `${index}.jsonl`));
  try {
    for (const [index, path] of paths.entries()) writeFileSync(path, texts[index] ?? "");
    return await body(paths);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
