import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";
import { measuredScenario } from "#interop/measure/measured-scenario.ts";
import { measureCallback } from "#interop/measure/measure-callback.ts";
import { measureScript } from "#interop/measure/measure-script.ts";
import { smallestOfEachType } from "./check-measure/smallest-of-each-type.ts";
import { rowFault } from "./check-measure/row-fault.ts";
import { EXACT_LINKS, RUN_LINKS, TOO_LARGE } from "./check-measure/tiny-links.ts";
import { readLink } from "#package/given-scenario.ts";
import { callersProgram, type Command, type Terminal } from "#package/commands/terminal.ts";
import { runCommand, UNREADABLE, type Arguments } from "#package/commands/command.ts";

const USAGE = `Usage: npm run check-measure -- [PYTHON] [PART]

Runs measuring scripts end to end. PART is one of:

  runs      small models on this machine's processor, and one without the memory; every row is held against its form
  moments   scripts on fake tensors (tools/reference/measuring_scripts.py): every moment equals the engine's, to the byte
  counts    the smallest model of each type of the catalog on the meta device: as many parameters as are counted,
            and its config.json, as transformers saves it, is read as such a model
  callback  the callback in a run of transformers' Trainer

  PYTHON    an interpreter that has torch, transformers, peft and bitsandbytes, python3 if none is named; PYTHONPATH says where else they are

Ends with 0 when nothing failed, 1 when something did, 2 without an interpreter.`;

/** What a part says: one line of each thing that was tried, null where it went well. */
type Outcome = Readonly<{ of: string; fault: string | null }>;

type Counted = Readonly<{ passed: number; failed: number }>;

/** What runs a program of this repository over files. */
type Python = (program: string, files: readonly string[]) => readonly string[];

type Tools = Readonly<{ python: Python; folder: string }>;

const scriptOf = (link: string): string => {
  const { text, refused } = measureScript(readLink(link).value, FULL_CATALOG);
  if (text === null) throw new Error(`${link}: ${refused.join(" ")}`);
  return text;
};

/** The scripts of links as files, in their order. */
const written = (links: readonly string[], { folder }: Tools): readonly string[] =>
  links.map((link, index) => {
    const path = join(folder, `measure_${index}.py`);
    writeFileSync(path, scriptOf(link));
    return path;
  });

type Ended = Readonly<{ code: number; printed: string; complained: string }>;

const runFault = (line: string | undefined, expected: "ran" | "out-of-memory"): string | null => {
  if (line === undefined) return "it was not run";
  const { code, printed, complained } = JSON.parse(line) as Ended;
  return code === 0 ? rowFault(printed, expected) : `it ended with ${code}: ${complained.trimEnd().split("\n").at(-1)}`;
};

const runs = (tools: Tools): readonly Outcome[] => {
  const links = [...RUN_LINKS, TOO_LARGE];
  const lines = tools.python("tools/measure/run_scripts.py", written(links, tools));
  return links.map((link, index) => ({
    of: link,
    fault: runFault(lines[index], link === TOO_LARGE ? "out-of-memory" : "ran"),
  }));
};

const expectedMoments = (link: string): string => {
  const { scenario } = measuredScenario(readLink(link).value, FULL_CATALOG);
  const { moments } = estimated(ENGINE.estimate(scenario, FAKE_TENSORS));
  return JSON.stringify(moments.map(({ id, liveBytes, peakBytes }) => ({ id, liveBytes, peakBytes })));
};

const momentsFault = (line: string | undefined, link: string): string | null => {
  if (line === undefined) return "it was not run";
  const { moments } = JSON.parse(line) as Readonly<{ moments: unknown }>;
  const [seen, expected] = [JSON.stringify(moments), expectedMoments(link)];
  return seen === expected ? null : `PyTorch held ${seen}, the engine says ${expected}`;
};

const moments = (tools: Tools): readonly Outcome[] => {
  const lines = tools.python("tools/reference/measuring_scripts.py", written(EXACT_LINKS, tools));
  return EXACT_LINKS.map((link, index) => ({ of: link, fault: momentsFault(lines[index], link) }));
};

/** A model on the meta device: how many parameters it has, and its config.json as transformers saves it. */
type Built = Readonly<{ parameters: number; config: string } | { error: string }>;

/** A model has as many parameters as are counted; and its config.json, which is written in other words than it was read, is of such a model. */
const countFault = (line: string | undefined, counted: number): string | null => {
  if (line === undefined) return "it was not built";
  const built = JSON.parse(line) as Built;
  if ("error" in built) return built.error;
  if (built.parameters !== counted)
    return `the engine counts ${counted} parameters, the script has ${built.parameters}`;
  const { value, issues } = parseConfigJson(built.config);
  if (value === null) return `its config.json is not read: ${issues.map(({ message }) => message).join(" ")}`;
  const read = ENGINE.countParameters(value);
  return read === counted ? null : `${counted} parameters, of its config.json ${read} are read`;
};

const counts = (tools: Tools): readonly Outcome[] => {
  const models = smallestOfEachType();
  const lines = tools.python(
    "tools/measure/count_parameters.py",
    written(
      models.map(({ link }) => link),
      tools,
    ),
  );
  return models.map(({ link, params }, index) => ({ of: link, fault: countFault(lines[index], params) }));
};

const callback = ({ python, folder }: Tools): readonly Outcome[] => {
  const { name, text } = measureCallback(readLink("?v=1").value, FULL_CATALOG);
  writeFileSync(join(folder, name), text ?? "");
  const program = join(folder, "trainer_run.py");
  copyFileSync(join("tools", "measure", "trainer_run.py"), program);
  const [line] = python("tools/measure/run_scripts.py", [program]);
  return [{ of: "the callback", fault: runFault(line, "ran") }];
};

const PARTS: Readonly<Record<string, (tools: Tools) => readonly Outcome[]>> = { runs, moments, counts, callback };

/** Runs programs with an interpreter; one that does not start is no result. */
const pythonWith =
  (interpreter: string): Python =>
  (program, files) => {
    const { stdout, stderr, status, error } = spawnSync(interpreter, [program, ...files], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    if (error !== undefined) throw error;
    if (stdout === "" && status !== 0) throw new Error(stderr.trimEnd().split("\n").at(-1));
    return stdout.trimEnd().split("\n");
  };

/** What a part says, in a folder of its own; or why it did not run. */
const heldPart = (part: (tools: Tools) => readonly Outcome[], python: Python): readonly Outcome[] | string => {
  const folder = mkdtempSync(join(tmpdir(), "measure-"));
  try {
    return part({ python, folder });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The parts that were asked for, in order; none where there is no such part. */
const partsOf = (asked: string | undefined): readonly string[] =>
  Object.keys(PARTS).filter((name) => asked === undefined || name === asked);

/** All parts, each said as it ends; null: one did not run. */
const heldAll = (names: readonly string[], interpreter: string, { print, complain }: Terminal): Counted | null => {
  let [passed, failed] = [0, 0];
  for (const name of names) {
    const outcomes = heldPart(PARTS[name] ?? runs, pythonWith(interpreter));
    if (typeof outcomes === "string") {
      complain(`${name} did not run with ${interpreter}: ${outcomes}.`);
      return null;
    }
    const faults = outcomes.filter(({ fault }) => fault !== null);
    for (const { of, fault } of faults) print(`failed ${name} ${of}: ${fault}`);
    passed += outcomes.length - faults.length;
    failed += faults.length;
  }
  return { passed, failed };
};

type Asked = Readonly<{ interpreter: string; names: readonly string[] }>;

const partsAsked = ({ rest: [interpreter = "python3", part, other] }: Arguments): Asked | string => {
  if (other !== undefined) return "check-measure takes one PYTHON and one PART.";
  const names = partsOf(part);
  return names.length === 0
    ? `There is no part ${JSON.stringify(part)}: ${Object.keys(PARTS).join(", ")} are there.`
    : { interpreter, names };
};

const run = ({ interpreter, names }: Asked, terminal: Terminal): number => {
  const counted = heldAll(names, callersProgram(interpreter, terminal), terminal);
  if (counted === null) return UNREADABLE;
  terminal.print(`${counted.passed} passed, ${counted.failed} failed`);
  return counted.failed === 0 ? 0 : 1;
};

/** `check-measure`: measuring scripts in Python. */
export const main: Command = runCommand<Asked>({
  name: "check-measure",
  usage: () => USAGE,
  options: {},
  askedOf: partsAsked,
  run,
});
