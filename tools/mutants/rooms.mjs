import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../house/run-command.mjs";

/** The rooms whose files are pure, the quickest tests first. What the catalog says is data. */
export const ROOMS = ["format", "charts", "interop", "advice", "scenario", "calc"];

/** @param {string} file from the root */
export const read = (file) => readFileSync(join(ROOT, file), "utf8");

/** @param {string} folder @returns {readonly string[]} */
const filesOf = (folder) =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .map((path) => `${folder}/${String(path).replaceAll("\\", "/")}`)
    .sort();

/** The files of a room without React. @param {string} room */
export const pureFilesOf = (room) =>
  filesOf(`src/${room}`).filter((file) => file.endsWith(".ts") && !/from "react"/.test(read(file)));

/** @param {string} room */
export const testsOf = (room) => filesOf(`tests/${room}`).filter((file) => /\.test\.tsx?$/.test(file));
