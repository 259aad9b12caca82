import { describe, expect, it } from "vitest";
import { main } from "../../tools/terminal/links.ts";
import { answersOf } from "../../tools/terminal/links/answers-of.ts";
import { LINKS_OPTIONS, linksArguments } from "../../tools/terminal/links/links-arguments.ts";
import { readArguments } from "#package/commands/command.ts";
import { runCommand } from "../package/commands/run-command.ts";

const run = (args: readonly string[]) => runCommand(main, args);

describe("links", () => {
  it("takes a revision, and how many random links and which", () => {
    const usual = { base: "main", random: 2000, seed: 1 };
    const asked = (...args: readonly string[]) => {
      const given = readArguments(args, { name: "links", options: LINKS_OPTIONS });
      return typeof given === "string" ? given : linksArguments(given);
    };
    expect(asked("main")).toEqual(usual);
    expect(asked("--random", "0", "--seed=7", "main")).toEqual({ ...usual, random: 0, seed: 7 });
  });

  it.each([
    [[], "There is no revision."],
    [[""], "There is no revision."],
    [["main", "HEAD"], "links takes one revision."],
    [["--random", "many", "main"], '--random needs a whole number, and not "many".'],
    [["--seed", "-1", "main"], '--seed needs a whole number, and not "-1".'],
    [["--random"], "--random needs a value."],
    [["--wide", "main"], 'links has no option "--wide".'],
  ])("ends with 2 and a sentence for %j", async (args, sentence) => {
    const { code, printed, complaints } = await run(args);
    expect({ code, printed }).toEqual({ code: 2, printed: [] });
    expect(complaints).toEqual([`${sentence} npm run -s links -- --help says what it takes.`]);
  });

  it("ends with 2 and a sentence where git knows no such revision", async () => {
    const complaints = ['git knows no commit "no-such-branch".'];
    expect(await run(["no-such-branch"])).toEqual({ code: 2, printed: [], complaints });
  });

  it("explains itself", async () => {
    const { code, printed } = await run(["--help"]);
    expect(code).toBe(0);
    expect(printed.join()).toMatch(/^Usage: npm run -s links/);
  });

  it("asks all links of one process, and one that is none ends no other", async () => {
    const [none, some] = await answersOf(".", ["hello", "?v=1&show=lora&b=r:8"]);
    expect(none).toEqual({ none: expect.stringContaining('"hello" is not a link') });
    expect(some).toEqual({ json: expect.objectContaining({ version: 1, link: "?v=1&show=lora" }) });
  });

  it("fails where the sources cannot be asked", async () => {
    await expect(answersOf("docs", ["?v=1"])).rejects.toThrow("The sources in docs answered 0 of 1 links.");
  });
});
