// npm run browsers [-- --only firefox,webkit] [--shots FOLDER] [WORD ...]: one list of what the built page must do, in Chromium, Firefox and WebKit.
// The last line is the sum; exit 1 when anything failed, 2 when an engine could not be had. A word picks files of tests/browsers.
import { resolve } from "node:path";
import { readCommandLine, refuseCommandLine } from "./command-line.mjs";
import { ENGINE_NAMES, ensureEngine } from "./engines.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { runNpm, runTool } from "./run-command.mjs";

const USAGE = `Usage: npm run browsers -- [--only ENGINE,...] [--shots FOLDER] [WORD...]

Drives the built page in Chromium, Firefox and WebKit by one list, tests/browsers, and ends in one line, N passed, N failed; with 0, 1 when something failed,
or 2 when an engine could not be had. It installs what is missing: docs/browsers.md.

  --only ENGINE   ${ENGINE_NAMES.join(", ")}; several with commas between them
  --shots FOLDER  where pictures of each engine go
  WORD            of the path of each file of the list that is run; none: all`;

const { values, positionals } = readCommandLine(USAGE, {
  options: { only: { type: "string" }, shots: { type: "string" } },
  most: Number.POSITIVE_INFINITY,
});

const asked = values.only?.split(",") ?? ENGINE_NAMES;
const wanted = ENGINE_NAMES.filter((name) => asked.includes(name));
if (wanted.length !== asked.length)
  refuseCommandLine(`--only ${values.only} names an engine that is none of ${ENGINE_NAMES.join(", ")}.`, USAGE);

await installDependencies();
for (const name of wanted)
  if (!(await ensureEngine(name))) {
    console.error(
      `No ${name} was found and none could be installed. Install it as docs/browsers.md says, or leave it out with --only.`,
    );
    process.exit(2);
  }

const built = await runNpm(["run", "--silent", "build"]);
if (built.code !== 0) process.exit(built.code);

const { code } = await runTool(
  "@playwright/test/playwright",
  ["test", "--config", "tests/browsers", ...wanted.map((name) => `--project=${name}`), ...positionals],
  {
    show: true,
    env: values.shots === undefined ? {} : { SHOTS: resolve(process.env["INIT_CWD"] ?? ".", values.shots) },
  },
);
process.exit(code);
