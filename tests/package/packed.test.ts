import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AXOLOTL } from "./training-files.ts";

/** A folder that has nothing but the package. */
const folder = mkdtempSync(join(tmpdir(), "headroom-packed-"));
const installed = join(folder, "node_modules", "headroom");

/** A busy machine is no failure. */
const LONG = 1_200_000;

/** Licences of what may be bundled. */
const SHIPPED = new Set(["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"]);

type Ended = Readonly<{ status: number | null; stdout: string; stderr: string }>;

const run = (command: string, ...args: readonly string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
};

/** The same npm as the one that runs the tests. */
const npm = (...args: readonly string[]): Ended => {
  const path = process.env["npm_execpath"];
  return path?.endsWith(".js") ? run(process.execPath, path, ...args) : run("npm", ...args);
};

const headroom = (...args: readonly string[]): Ended => run(join(folder, "node_modules", ".bin", "headroom"), ...args);

const readJson = (...path: readonly string[]): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(...path), "utf8")) as Readonly<Record<string, unknown>>;

const README = readFileSync(join("package", "README.md"), "utf8");
const blockOf = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(README)?.[1] ?? "";

beforeAll(() => {
  const packed = npm("pack", resolve("package"), "--pack-destination", folder);
  expect(packed.status, packed.stderr).toBe(0);
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const install = npm("install", "--offline", "--no-audit", "--no-fund", `./${tarball}`);
  expect(install.status, install.stderr).toBe(0);
}, LONG);

afterAll(() => rmSync(folder, { recursive: true }));

describe("the packed package", () => {
  it("has this repository's version and no dependency", () => {
    const { version, license, engines } = readJson("package.json");
    const manifest = readJson(installed, "package.json");
    expect(manifest).toMatchObject({ name: "headroom", version, license, engines });
    expect(manifest).not.toHaveProperty("dependencies");
    expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["headroom"]);
  });

  it("has the notices of what is bundled, and nothing of React", () => {
    const notices = readFileSync(join(installed, "dist", "licences.md"), "utf8");
    const [, ...bundled] = notices.split("\n## ").map((part) => part.split(" ")[0]);
    expect(bundled).toEqual(expect.arrayContaining(["shell-quote", "smol-toml", "valibot", "yaml"]));
    const licences = [...notices.matchAll(/^## .+ \(([^)]+)\)$/gm)].map(([, licence]) => licence);
    expect(licences).toHaveLength(bundled.length);
    expect(licences.filter((licence) => !SHIPPED.has(licence ?? ""))).toEqual([]);
    expect(notices).not.toMatch(/^## react/m);
    expect(notices).toContain(readFileSync("LICENSE", "utf8").trim());
    expect(existsSync(join(installed, "LICENSE"))).toBe(true);
  });

  it("has an API that imports nothing but itself", () => {
    const open = ["api.js"];
    const seen = new Set<string>();
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = readFileSync(join(installed, "dist", file), "utf8");
      const imports = [...text.matchAll(/(?:from|import)\s*\(?["'`]([^"'`]+)["'`]/g)].map(([, path]) => path ?? "");
      expect(imports.filter((path) => !path.startsWith("./"))).toEqual([]);
      open.push(...imports.map((path) => path.slice("./".length)));
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

/** What Node has beside the language; a browser and a worker have some of it, and none of them all. */
const GLOBALS = [
  "process",
  "Buffer",
  "global",
  "navigator",
  "fetch",
  "performance",
  "setTimeout",
  "setImmediate",
  "URL",
];

it("the API needs nothing beside the language and URLSearchParams: it answers in Node, workers and browsers", () => {
  const program = `const { log } = console;
const { estimate, importConfig } = await import("headroom");
for (const name of ${JSON.stringify(GLOBALS)}) delete globalThis[name];
const { link } = importConfig(${JSON.stringify(AXOLOTL)});
log(estimate(link).methods.length);`;
  writeFileSync(join(folder, "bare.js"), program);
  expect(run(process.execPath, "bare.js")).toEqual({ status: 0, stdout: "3\n", stderr: "" });
});

describe("the ten lines of its README", () => {
  it("are ten", () => {
    expect(blockOf("ts").trim().split("\n").filter(Boolean)).toHaveLength(10);
  });

  it("print what stands under them", () => {
    writeFileSync(join(folder, "example.js"), blockOf("ts"));
    const { status, stdout, stderr } = run(process.execPath, "example.js");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: blockOf("text"), stderr: "" });
  });

  it("are right by the types of the package, which need nothing else", () => {
    writeFileSync(join(folder, "example.ts"), blockOf("ts"));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...compilerOptions, types: [] }, files: ["example.ts"] }),
    );
    const { bin } = readJson("node_modules", "typescript", "package.json") as { bin: { tsc: string } };
    const { status, stdout } = run(process.execPath, resolve("node_modules", "typescript", bin.tsc), "-p", ".");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});

describe("the program", () => {
  it("says its version", () => {
    expect(headroom("--version")).toEqual({
      status: 0,
      stdout: `${String(readJson("package.json")["version"])}\n`,
      stderr: "",
    });
  });

  it("refuses what it does not have", () => {
    const stderr = 'There is no command "guess". headroom --help says which there are.\n';
    expect(headroom("guess")).toEqual({ status: 2, stdout: "", stderr });
  });

  it("imports, estimates and exports", () => {
    writeFileSync(join(folder, "train.yaml"), AXOLOTL);
    const link = headroom("import", "train.yaml").stdout.trim();
    expect(link).toMatch(/^\?v=1&method=qlora&/);
    expect(JSON.parse(headroom("estimate", "--json", link).stdout)).toMatchObject({ version: 1 });
    expect(headroom("export", "trl-yaml", link).stdout).toContain("per_device_train_batch_size: 2");
  });

  it.each([
    [0, AXOLOTL, ["--gpu", "h100-sxm"]],
    [1, AXOLOTL, ["--gpu", "rtx-3060-12gb", "--format", "markdown"]],
    [2, "hello\n", []],
    [3, AXOLOTL.replace("adamw_torch", "shampoo"), ["--gpu", "h100-sxm", "--format", "junit"]],
  ])("checks a file and ends with %i", (exit, text, args) => {
    writeFileSync(join(folder, "checked.yaml"), text);
    const { status, stdout, stderr } = headroom("check", "checked.yaml", ...args);
    expect({ status, stderr }).toEqual({ status: exit, stderr: "" });
    expect(stdout).toContain("checked.yaml");
  });
});

describe("the server for assistants", () => {
  it("answers the SDK's own client over standard input and output, and ends with it", async () => {
    const client = new Client({ name: "a test", version: "0" });
    const command = join(folder, "node_modules", ".bin", "headroom");
    await client.connect(new StdioClientTransport({ command, args: ["mcp"], cwd: folder }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["estimate", "advise", "smallest_gpu", "import_config"]);
    const link = "?v=1&model=qwen2.5-0.5b&show=lora";
    const { structuredContent } = await client.callTool({ name: "estimate", arguments: { link } });
    expect(structuredContent).toEqual(JSON.parse(headroom("estimate", "--json", link).stdout));
    await client.close();
  });
});

describe("the recipes of docs/package.md", () => {
  type Step = Readonly<{ name?: string; if?: string; run?: string }>;
  type Recipes = Readonly<{
    jobs?: Readonly<{ memory: Readonly<{ env: Readonly<Record<string, string>>; steps: readonly Step[] }> }>;
    memory?: Readonly<{ variables: Readonly<Record<string, string>>; script: readonly string[] }>;
  }>;
  const RECIPES = readFileSync(join("docs", "package.md"), "utf8");
  const [github, gitlab] = [...RECIPES.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => parse(text) as Recipes,
  );
  const tarball = (): string => readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";

  /** A repository with a training file, the tarball where the recipe looks for it, and a `gh` that says what it was asked. */
  const repository = (text: string, recipe: Readonly<Record<string, string>> = {}) => {
    const place = mkdtempSync(join(folder, "repository-"));
    const bin = join(place, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "gh"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    writeFileSync(join(place, "train.yaml"), text);
    writeFileSync(join(place, "package.json"), "{}");
    const at = recipe["HEADROOM"] ?? "";
    mkdirSync(join(place, dirname(at)), { recursive: true });
    copyFileSync(join(folder, tarball()), join(place, at));
    const env = {
      ...process.env,
      ...recipe,
      GITHUB_STEP_SUMMARY: join(place, "summary.md"),
      npm_config_offline: "true",
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    };
    // As GitHub runs a step: bash, which ends at the first command that fails.
    const shell = (script: string): Ended =>
      spawnSync("bash", ["-eo", "pipefail", "-c", script], { cwd: place, encoding: "utf8", env });
    const write = (name: string, written: string): void => writeFileSync(join(place, name), written);
    return { shell, write, read: (name: string) => readFileSync(join(place, name), "utf8") };
  };

  it("name the tarball that npm pack makes", () => {
    expect(github?.jobs?.memory.env["HEADROOM"]).toBe(`tools/${tarball()}`);
    expect(gitlab?.memory?.variables["HEADROOM"]).toBe(`tools/${tarball()}`);
  });

  const [install = "", check = "", comment = ""] = (github?.jobs?.memory.steps ?? []).flatMap(
    ({ run: script }) => script ?? [],
  );
  /** A repository in which the install step has run, with a file of which it is not known whether it fits. */
  const installedIn = () => {
    const made = repository(AXOLOTL.replace("adamw_torch", "shampoo"), github?.jobs?.memory.env);
    const { status, stderr } = made.shell(install);
    expect(status, stderr).toBe(0);
    return made;
  };

  it("of GitHub Actions ends its check with 3 where it is not known, and comments", () => {
    const { shell, read } = installedIn();
    expect(shell(check).status).toBe(3);
    expect(read("summary.md")).toContain("Not known");
    const number = "${{ github.event.pull_request.number }}";
    expect(shell(comment.replace(number, "7")).stdout).toBe("pr comment 7 --body-file memory.md\n");
    expect(read("memory.md")).toBe(read("summary.md"));
  });

  it("of GitHub Actions warns of what is not known, where that is to pass, and comments on no empty report", () => {
    const { shell, write } = installedIn();
    const [, passing = ""] = /put this before the last line[^`]*```sh\n([\s\S]*?)```/.exec(RECIPES) ?? [];
    const warned = shell(check.replace(/^exit /m, `${passing}exit `));
    expect([warned.status, warned.stdout]).toEqual([0, expect.stringMatching(/^::warning::headroom: /)]);
    write("memory.md", "");
    expect(shell(comment)).toMatchObject({ status: 0, stdout: "" });
  });

  it("of GitHub Actions asks for no comment where a fork's token cannot write one", () => {
    const [, , , , { if: when } = {}] = github?.jobs?.memory.steps ?? [];
    expect(when).toBe("always() && github.event.pull_request.head.repo.full_name == github.repository");
  });

  it("of GitLab CI ends with 0 and leaves JUnit's XML", () => {
    const { shell, read } = repository(AXOLOTL, gitlab?.memory?.variables);
    const ended = shell((gitlab?.memory?.script ?? []).join("\n"));
    expect(ended.status, ended.stderr).toBe(0);
    expect(read("memory.xml")).toMatch(/^<\?xml [\s\S]*<testsuite name="headroom" tests="1" failures="0" errors="0"/);
  });
});
