import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commandName } from "#package/commands/command.ts";
import type { Command } from "#package/commands/terminal.ts";
import { runCommand } from "../package/commands/run-command.ts";

type Module = Readonly<{ main?: Command }>;

const MODULES = import.meta.glob<Module>(["../../tools/terminal/*.ts", "../../src/package/commands/*.ts"]);

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Readonly<Record<string, string>> };

/** Commands by the name that the terminal's runner has for them, and npm's for them. */
const COMMANDS = Object.entries(scripts).flatMap(([script, line]) => {
  const [, name] = /^node tools\/terminal\/run\.mjs (\S+)$/.exec(line) ?? [];
  return name === undefined ? [] : [{ name, script }];
});

const run = async (name: string, ...args: readonly string[]) => {
  const load = Object.entries(MODULES).find(([path]) => path.endsWith(`/${name}.ts`))?.[1];
  const { main } = (await load?.()) ?? {};
  if (main === undefined) throw new Error(`There is no command ${name}.`);
  const ran = await runCommand(main, args);
  return { ...ran, printed: ran.printed.join("\n"), said: ran.complaints.join("\n") };
};

const changes = (): string => spawnSync("git", ["status", "--porcelain"], { encoding: "utf8" }).stdout;

describe.each(COMMANDS)("npm run $script", ({ name, script }) => {
  test.each([["--help"], ["-h"]])("%s says what it takes, and does nothing", async (help) => {
    const before = changes();
    const { code, printed, said } = await run(name, "--nonsense", help);
    expect({ code, said }).toEqual({ code: 0, said: "" });
    expect(printed).toMatch(new RegExp(`^Usage: npm run (-s )?${script}\\b`));
    expect(changes()).toBe(before);
  });

  test("refuses an option that there is not, and does nothing", async () => {
    const before = changes();
    const { code, printed, said } = await run(name, "--nonsense");
    expect({ code, printed }).toEqual({ code: 2, printed: "" });
    expect(said).toBe(`${name} has no option "--nonsense". ${commandName(name, {})} --help says what it takes.`);
    expect(changes()).toBe(before);
  });

  test("takes what comes after -- for no option", async () => {
    if (/^(accuracy-page|minimum-gpus|reference|accuracy|advice-set)$/.test(name)) {
      const { code, said } = await run(name, "--", "--help");
      expect(code).toBe(2);
      expect(said).toContain(`${name} takes no argument "--help".`);
    }
  });
});

test("all commands of the terminal are among them", () => expect(COMMANDS.length).toBeGreaterThan(15));
