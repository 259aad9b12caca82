import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../house/run-command.mjs";
import { FACTS } from "./facts.mjs";
import { counted, endOf, percent, sum } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {import("../mutants/report.mjs").Score & Readonly<{ room: string, seconds: number, survivors: readonly string[] }>} RoomScore */
/** @typedef {Readonly<{ count: number, seeds: readonly number[], limitSeconds: number, rooms: readonly RoomScore[] }>} Mutants */

/** @param {Mutants} data */
const inAll = ({ rooms }) => {
  const tried = sum(rooms.map((room) => room.tried));
  const killed = sum(rooms.map((room) => room.killed));
  return { tried, killed };
};

/** @type {import("./section.mjs").Section} */
export const MUTANTS = {
  name: "mutants",
  title: "Mutants",
  sharesCores: true,
  measure: async ({ mutants }) => {
    mkdirSync(FACTS, { recursive: true });
    const file = join(FACTS, "mutants-by-room.json");
    rmSync(file, { force: true });
    const args = ["tools/mutants/run.mjs", "--count", String(mutants), "--json", file];
    const { code, output } = await runCommand(process.execPath, args);
    if (code !== 0) throw new Error(endOf(output));
    return JSON.parse(readFileSync(file, "utf8"));
  },
  headlines: (/** @type {Mutants} */ data) => {
    const { tried, killed } = inAll(data);
    const figure = `${percent(killed, tried)} of ${counted(tried)} killed`;
    return [{ what: "Mutants of the pure rooms", figure, command: "npm run mutants" }];
  },
  words: (/** @type {Mutants} */ data) => [
    "One place of a room's code is changed at a time, and the tests of that room run: a mutant that makes one of them fail is killed ([how](mutants.md)). " +
      `At most ${counted(data.count)} of a room were drawn by each of the seeds ${data.seeds.join(" and ")}, and each may cost ${data.limitSeconds} s of tests: ` +
      "what they have not seen by then is alive. Those that change nothing a program could see are alive, too; docs/mutants.md lists them.",
    table(
      ["room", ">drawn", ">killed", ">score", ">of them hung", ">alive", ">of them cut"],
      data.rooms.map(({ room, tried, killed, hung, alive, cut }) => [
        room,
        counted(tried),
        counted(killed),
        percent(killed, tried),
        ...[hung, alive, cut].map(counted),
      ]),
    ),
    ...(data.rooms.some(({ survivors }) => survivors.length > 0)
      ? ["Alive:", ["```text", ...data.rooms.flatMap(({ survivors }) => survivors), "```"].join("\n")]
      : []),
  ],
};
