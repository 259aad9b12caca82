import { describe, expect, it } from "vitest";
import { headroom } from "#package/program.ts";
import { runCommand } from "./commands/run-command.ts";

/** What the command prints in one text, and the rest as it is. */
const run = async (...args: readonly string[]) => {
  const ran = await runCommand(headroom("1.2.3"), args);
  return { ...ran, printed: ran.printed.join("\n") };
};

describe("headroom", () => {
  it.each(["--version", "-v"])("%s says which version it is", async (option) => {
    expect(await run(option)).toEqual({ code: 0, printed: "1.2.3", complaints: [] });
  });

  it("--help says which commands there are", async () => {
    const { code, printed } = await run("--help");
    expect(code).toBe(0);
    for (const name of ["estimate", "advise", "check", "import", "export"])
      expect(printed).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  it.each([
    [["guess"], 'There is no command "guess". headroom --help says which there are.'],
    [["toString"], 'There is no command "toString". headroom --help says which there are.'],
    [[], "There is no command. headroom --help says which there are."],
  ])("%j is refused in a sentence", async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 2, printed: "", complaints: [sentence] });
  });

  it.each(["estimate", "advise", "check", "import", "export"])(
    "%s --help names itself as it was called",
    async (name) => {
      const { code, printed } = await run(name, "--help");
      expect(code).toBe(0);
      expect(printed).toMatch(new RegExp(`^Usage: headroom ${name} `));
      expect(printed).not.toContain("npm run");
    },
  );

  it("a command does what it does in a clone", async () => {
    const { code, printed } = await run("estimate", "--json", "?v=1&show=full&method=full");
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({ version: 1, methods: [{ method: "full", fit: "over" }] });
  });
});
