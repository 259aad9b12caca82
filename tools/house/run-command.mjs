import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * @typedef {Readonly<{ code: number, output: string, seconds: number }>} CommandResult
 * Exit code (1 where a signal ended it), everything it printed, wall-clock time.
 */

/**
 * Runs a program in the repository's root, or in another folder, and waits for its end. Output is collected, so that programs that run
 * side by side do not mix their lines; with `show` it goes straight to the terminal instead, with `echo` there, or to that stream, as well.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<{ show?: boolean, echo?: boolean | NodeJS.WriteStream, env?: Readonly<Record<string, string>>, folder?: string }>} [options]
 * @returns {Promise<CommandResult>}
 */
export const runCommand = (command, args, { show = false, echo = false, env = {}, folder = ROOT } = {}) =>
  new Promise((resolve) => {
    const start = performance.now();
    let output = "";
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    /** @param {number} code */
    const end = (code) => resolve({ code, output, seconds: (performance.now() - start) / 1000 });
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      output += chunk.toString();
      if (echo) (echo === true ? process.stdout : echo).write(chunk);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("error", (error) => {
      output += `${error.message}\n`;
      end(1);
    });
    child.on("close", (code) => end(code ?? 1));
  });

/**
 * Runs npm as the running npm script does (the same npm, without a shell: that works on Windows too), or the one on the path.
 *
 * @param {readonly string[]} args
 * @param {Readonly<{ show?: boolean, echo?: boolean | NodeJS.WriteStream }>} [options]
 * @returns {Promise<CommandResult>}
 */
export const runNpm = (args, options = { show: true }) => {
  const npm = process.env["npm_execpath"];
  return npm?.endsWith(".js")
    ? runCommand(process.execPath, [npm, ...args], options)
    : runCommand("npm", args, options);
};

/**
 * Runs an installed package's program with this Node.
 *
 * @param {string} name package, and where it differs from the package's name the program: `oxlint`, `typescript/tsc`
 * @param {readonly string[]} args
 * @param {Readonly<{ show?: boolean, env?: Readonly<Record<string, string>> }>} [options]
 */
export const runTool = (name, args, options) => {
  const parts = name.split("/");
  const program = parts.at(-1) ?? name;
  const packageName = name.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? name);
  const folder = join(ROOT, "node_modules", packageName);
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = typeof bin === "string" ? bin : bin[program];
  if (file === undefined) throw new Error(`${packageName} has no program ${program}`);
  return runCommand(process.execPath, [join(folder, file), ...args], options);
};
