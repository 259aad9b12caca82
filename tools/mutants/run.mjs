// npm run mutants -- [--room NAME]... [--count 200] [--seed 1] [--limit 30] [--part 1/1]: changes one place of a room's code at a time and says which changes its tests
// did not see. A mutant counts as killed when a test fails, a file does not load, or the run hangs; one that does not type-check counts as the others.
import { readCommandLine, refuseCommandLine } from "../house/command-line.mjs";
import { mutantsOf } from "./mutants-of.mjs";
import { isAlive, roomLine, survivorLine } from "./report.mjs";
import { pureFilesOf, read, ROOMS } from "./rooms.mjs";
import { sampled } from "./sample.mjs";
import { createTestRunner } from "./test-runner.mjs";
import { tryMutants } from "./try-mutants.mjs";

const USAGE = `Usage: npm run mutants -- [--room ${ROOMS.join("|")}]... [--count 200] [--seed 1] [--limit 30] [--part 1/1]
  --room NAME   of which room; several or none, which is all
  --count N     so many mutants of each room
  --seed N      the same seed draws the same mutants
  --limit N     seconds of tests that a mutant may cost; what they have not seen is alive
  --part K/N    of the sample each N-th mutant, from the K-th on: for several processes, each with a checkout of its own`;

/** @param {string} text @param {string} option */
const wholeNumber = (text, option) => {
  if (!/^\d+$/.test(text)) throw new Error(`--${option} is a whole number.`);
  return Number(text);
};

/** @param {string} text @returns {Readonly<{ part: number, parts: number }>} */
const partOf = (text) => {
  const [part = 0, parts = 0] = text.split("/").map(Number);
  if (!(Number.isInteger(part) && part >= 1 && part <= parts)) throw new Error("--part is K/N, K from 1 to N.");
  return { part, parts };
};

const optionsOf = () => {
  const { values } = readCommandLine(USAGE, {
    options: {
      room: { type: "string", multiple: true, default: ROOMS },
      count: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      limit: { type: "string", default: "30" },
      part: { type: "string", default: "1/1" },
    },
  });
  const unknown = values.room.find((room) => !ROOMS.includes(room));
  if (unknown !== undefined) throw new Error(`There is no room ${JSON.stringify(unknown)}.`);
  return {
    rooms: values.room,
    count: wholeNumber(values.count, "count"),
    seed: wholeNumber(values.seed, "seed"),
    limitSeconds: wholeNumber(values.limit, "limit"),
    ...partOf(values.part),
  };
};

const readOptions = () => {
  try {
    return optionsOf();
  } catch (error) {
    return refuseCommandLine(error instanceof Error ? error.message : String(error), USAGE);
  }
};

const { rooms, limitSeconds, part, parts, ...draw } = readOptions();
const runner = await createTestRunner();
const lines = [];
for (const room of rooms) {
  const start = performance.now();
  const mutants = pureFilesOf(room).flatMap((file) => mutantsOf(file, read(file)));
  const trials = [];
  const sample = sampled(mutants, draw).filter((_, index) => index % parts === part - 1);
  for await (const trial of tryMutants(sample, { room, runner, limitSeconds })) {
    trials.push(trial);
    if (isAlive(trial)) console.log(survivorLine(trial, read(trial.mutant.file)));
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  lines.push(`${roomLine(room, trials, limitSeconds)}; ${seconds} s`);
}
for (const line of lines) console.log(line);
await runner.close();
process.exit(0);
