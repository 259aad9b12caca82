import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { afterAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import viteConfig from "../../vite.config.ts";

const folder = mkdtempSync(join(tmpdir(), "headroom-hosting-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (file: string): string => readFileSync(file, "utf8");
const { scripts } = JSON.parse(text("package.json")) as { scripts: Readonly<Record<string, string>> };

type Tag = Readonly<{ attrs: Readonly<Record<string, string>> }>;
type Named = Readonly<{ name: string; transformIndexHtml?: () => readonly Tag[] }>;
const { plugins = [] } = viteConfig({ command: "build", mode: "production" });
const ours = (plugins as readonly unknown[]).flat() as readonly Named[];
const policy = ours.find(({ name }) => name === "content-security-policy")?.transformIndexHtml?.()[0]?.attrs["content"];

/** The scripts of package.json that a recipe runs. */
const scriptsIn = (recipe: string): readonly string[] =>
  [...recipe.matchAll(/\bnpm run (?:-s )?([a-z-]+)/g)].map(([, name = ""]) => name);

test("docs/hosting.md names every recipe", () => {
  const recipes = readdirSync("hosting");
  expect(recipes.length).toBeGreaterThan(4);
  const page = text("docs/hosting.md");
  expect(recipes.filter((name) => !page.includes(`(../hosting/${name})`))).toEqual([]);
});

test("docs/hosting.md names tests that are there, by their titles", () => {
  const named = [...text("docs/hosting.md").matchAll(/`(tests\/[^`]+)` “([^”]+)”/g)];
  expect(named.length).toBeGreaterThan(1);
  const dead = named.filter(
    ([, file = "", title = ""]) => !new RegExp(String.raw`\b(?:test|plain)\(\s*"${title}"`).test(text(file)),
  );
  expect(dead.map(String)).toEqual([]);
});

test.each(readdirSync("hosting"))("%s runs only scripts that package.json has", (name) => {
  expect(scriptsIn(text(`hosting/${name}`)).filter((script) => !(script in scripts))).toEqual([]);
});

describe("a host that sends the page's policy", () => {
  test("sends the one that the page has: nginx", () => {
    const [, sent] = /add_header Content-Security-Policy "([^"]+)" always;/.exec(text("hosting/nginx.conf")) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(sent).toBe(policy);
  });

  test("sends the one that the page has: Netlify and Cloudflare Pages", () => {
    const [, sent] = /Content-Security-Policy: (.+)/.exec(text("hosting/_headers")) ?? [];
    expect(sent).toBe(policy);
  });
});

describe("_headers", () => {
  const rules = text("hosting/_headers")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const named = rules.filter((line) => line.startsWith("  ")).map((line) => line.trim().split(": ", 1)[0] ?? "");

  test("is made of paths and of headers, two spaces in", () => {
    expect(rules[0]).toBe("/*");
    expect(rules.filter((line) => !/^(\/\S+|  [A-Z][\w-]*: \S.*)$/.test(line))).toEqual([]);
  });

  test("names each header once: those of several rules for one path would be joined by a comma", () => {
    expect(named).toContain("Cache-Control");
    expect(new Set(named).size).toBe(named.length);
  });
});

test("netlify.toml publishes what the build writes, with the headers beside it", () => {
  const { build } = parseToml(text("hosting/netlify.toml")) as { build: Readonly<Record<string, unknown>> };
  expect(build).toMatchObject({ publish: "dist", command: expect.stringContaining("npm run build") });
  const [, headers = ""] = /cp (\S+) dist\//.exec(String(build["command"])) ?? [];
  expect(existsSync(headers)).toBe(true);
});

test("github-pages.yml builds with the address of the pages, and brings the built folder there", () => {
  type Step = Readonly<{ uses?: string; run?: string; env?: Record<string, string>; with?: Record<string, unknown> }>;
  const workflow = parseYaml(text("hosting/github-pages.yml")) as {
    permissions: Readonly<Record<string, string>>;
    jobs: Readonly<Record<string, Readonly<{ steps: readonly Step[] }>>>;
  };
  expect(workflow.permissions).toEqual({ contents: "read", pages: "write", "id-token": "write" });
  const steps = workflow.jobs["deploy"]?.steps ?? [];
  expect(steps.find(({ run }) => run === "npm run build")?.env).toEqual({
    SITE_URL: "${{ steps.pages.outputs.base_url }}",
  });
  expect(steps.find(({ uses }) => uses?.includes("upload-pages-artifact"))?.with).toEqual({ path: "dist" });
  expect(steps.flatMap(({ uses = [] }) => uses).filter((uses) => !/^actions\/[\w-]+@v\d+$/.test(uses))).toEqual([]);
});

describe("the container", () => {
  const allowed = text(".dockerignore")
    .split("\n")
    .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));

  test("is built from files that are there", () => {
    expect(allowed).toContain("src");
    expect(allowed.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("copies nothing that the list of what it is built from keeps away", () => {
    const copied = [...text("hosting/Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = ""]) =>
      paths.split(" "),
    );
    expect(copied).toContain("hosting/nginx.conf");
    expect(copied.filter((path) => path !== "." && !allowed.includes(path))).toEqual([]);
  });

  test("puts the page where nginx.conf looks for it, and runs as nobody in particular", () => {
    const [, root = ""] = /root (\S+);/.exec(text("hosting/nginx.conf")) ?? [];
    expect(text("hosting/Dockerfile")).toContain(`dist ${root}\n`);
    expect(text("hosting/Dockerfile")).toMatch(/^USER nginx$/m);
  });
});

describe("s3.sh", () => {
  /** A program that writes down what it was asked in the place of the AWS CLI. */
  const calls = (): readonly (readonly string[])[] => {
    const log = join(folder, "calls");
    const aws = join(folder, "aws");
    writeFileSync(aws, `#!/bin/sh\nfor each in "$@"; do printf '%s\\t' "$each"; done >> "${log}"; echo >> "${log}"\n`);
    chmodSync(aws, 0o755);
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    const { status, stderr } = spawnSync("sh", ["hosting/s3.sh", "dist", "bucket/headroom"], { env, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return text(log)
      .trim()
      .split("\n")
      .map((line) => line.split("\t").filter((word) => word !== ""));
  };

  test("gives each file the cache that it may have, and brings the page itself last", () => {
    const all = calls();
    expect(all.length).toBeGreaterThan(3);
    for (const call of all) {
      const cache = call[call.indexOf("--cache-control") + 1];
      expect(cache).toBe(call[2] === "dist/assets" ? "public, max-age=31536000, immutable" : "no-cache");
      expect(call[3]).toMatch(/^s3:\/\/bucket\/headroom(\/|\/assets)?$/);
    }
    expect(all.at(-1)?.slice(0, 3)).toEqual(["s3", "cp", "dist/index.html"]);
    // What the sync passes over comes by itself, with its type.
    const passedOver = all.flat().flatMap((word, at, words) => (words[at - 1] === "--exclude" ? [word] : []));
    const alone = all.filter(([, verb]) => verb === "cp").map(([, , file = ""]) => file.replace("dist/", ""));
    const missing = passedOver.filter(
      (pattern) => pattern !== "assets/*" && !alone.some((file) => file.endsWith(pattern.replace("*", ""))),
    );
    expect(missing).toEqual([]);
  });
});
