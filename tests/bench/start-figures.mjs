import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../tools/house/run-command.mjs";
import { inWords, summarise } from "./statistics.mjs";

const PROCESSES = 11;

const TRAIN = `base_model: meta-llama/Llama-3.1-8B
adapter: qlora
sequence_len: 4096
micro_batch_size: 2
`;

/** Milliseconds until a process of Node has ended. @param {readonly string[]} args */
const timeOf = (args) => {
  const start = performance.now();
  const { error } = spawnSync(process.execPath, args);
  if (error) throw error;
  return performance.now() - start;
};

/**
 * How long a person waits for the packed program, from the start of its process to its end.
 *
 * @returns {Promise<readonly string[]>} headlines
 */
export const printStarts = async () => {
  const built = spawnSync(process.execPath, [join(ROOT, "tools", "build", "package.mjs")], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The package cannot be built: ${built.stderr}`);
  const folder = mkdtempSync(join(tmpdir(), "headroom-starts-"));
  const file = join(folder, "train.yaml");
  writeFileSync(file, TRAIN);
  const program = join(ROOT, "package", "dist", "bin.js");
  const asked = {
    "Node alone": ["-e", "0"],
    "headroom --version": [program, "--version"],
    "headroom estimate": [program, "estimate", "?v=1"],
    "headroom check": [program, "check", file, "--gpu", "h100-sxm"],
  };
  const names = /** @type {readonly (keyof typeof asked)[]} */ (Object.keys(asked));
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(names.map((name) => [name, []]));
  // In turn, so that a busy minute is every command's.
  for (let round = 0; round < PROCESSES; round += 1) for (const name of names) times[name]?.push(timeOf(asked[name]));
  rmSync(folder, { recursive: true });
  console.log(`The packed program, from start to end of ${PROCESSES} processes: milliseconds, median (5 to 95 %)`);
  for (const name of names) console.log(`  ${name.padEnd(20)}${inWords(summarise(times[name] ?? []))}`);
  return names.slice(1).map((name) => `${name} ${summarise(times[name] ?? []).median.toFixed(0)} ms`);
};
