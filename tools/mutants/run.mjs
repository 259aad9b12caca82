// npm run mutants -- [--room NAME]... [--count 200] [--seed 1]... [--limit 30] [--part 1/1] [--json FILE]: changes one place of a room's code at a time and says which changes its tests
// did not see. Its last line is the score of all. A mutant counts as killed when a test fails, a file does not load, or the run hangs; one that does not type-check counts as the others.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { callersFolder } from "../house/callers-folder.mjs";
import { readCommandLine, refuseCommandLine } from "../house/command-line.mjs";
import { mutantsOf } from "./mutants-of.mjs";
import { isAlive, lastLine, roomLine, scoreOf, survivorLine } from "./report.mjs";
import { pureFilesOf, read, ROOMS } from "./rooms.mjs";
import { sampled } from "./sample.mjs";
import { createTestRunner } from "./test-runner.mjs";
import { tryMutants } from "./try-mutants.mjs";

const USAGE = `Usage: npm run mutants -- [--room ${ROOMS.join("|")}]... [--count 200] [--seed 1]... [--limit 30] [--part 1/1] [--json FILE]
  --room NAME   of which room; several or none, which is all
  --count N     so many mutants of each room
  --seed N      the same seed draws the same mutants; of several each draws so many (1 and 2)
  --limit N     seconds of tests that a mutant may cost; what they have not seen is alive
  --part K/N    of the sample each N-th mutant, from the K-th on: for several processes, each with a checkout of its own
  --json FILE   the figures and the survivors by room, for programs

Its last line is the share of all mutants that were killed: N % killed.`;

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
      seed: { type: "string", multiple: true, default: ["1", "2"] },
      limit: { type: "string", default: "30" },
      part: { type: "string", default: "1/1" },
      json: { type: "string" },
    },
  });
  const unknown = values.room.find((room) => !ROOMS.includes(room));
  if (unknown !== undefined) throw new Error(`There is no room ${JSON.stringify(unknown)}.`);
  return {
    rooms: values.room,
    count: wholeNumber(values.count, "count"),
    seeds: values.seed.map((seed) => wholeNumber(seed, "seed")),
    limitSeconds: wholeNumber(values.limit, "limit"),
    json: values.json === undefined ? null : resolve(callersFolder(), values.json),
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

const { rooms, limitSeconds, part, parts, json, ...draw } = readOptions();
const runner = await createTestRunner();
const found = [];
for (const room of rooms) {
  const start = performance.now();
  const mutants = pureFilesOf(room).flatMap((file) => mutantsOf(file, read(file)));
  const trials = [];
  const sample = sampled(mutants, draw).filter((_, index) => index % parts === part - 1);
  for await (const trial of tryMutants(sample, { room, runner, limitSeconds })) {
    trials.push(trial);
    if (isAlive(trial)) console.log(survivorLine(trial, read(trial.mutant.file)));
  }
  const survivors = trials.filter(isAlive).map((trial) => survivorLine(trial, read(trial.mutant.file)));
  found.push({ room, seconds: Math.round((performance.now() - start) / 1000), ...scoreOf(trials), survivors });
}
for (const score of found) console.log(`${roomLine(score, limitSeconds)}; ${score.seconds} s`);
if (json !== null) writeFileSync(json, `${JSON.stringify({ ...draw, limitSeconds, rooms: found }, null, 2)}\n`);
console.log(lastLine(found));
await runner.close();
process.exit(0);
