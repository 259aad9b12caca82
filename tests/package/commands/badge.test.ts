import { describe, expect, test } from "vitest";
import { main } from "#package/commands/badge.ts";
import { runCommand } from "./run-command.ts";

/** What the command prints in one text, and the rest as it is. */
const run = async (...args: readonly string[]) => {
  const ran = await runCommand(main, args);
  return { ...ran, printed: ran.printed.join("\n") };
};

const LINK = "?v=1&method=qlora&gpu=rtx-4090";

describe("badge", () => {
  test("prints the SVG of the method in focus", async () => {
    const { code, printed, complaints } = await run(LINK);
    expect(code).toBe(0);
    expect(printed).toMatch(/^<svg [^]*<title>QLoRA of Llama 3\.1 8B: \d+\.\d GiB, fits RTX 4090<\/title>[^]*<\/svg>$/);
    expect(complaints).toEqual([]);
  });

  test("prints a line of Markdown that leads to the scenario", async () => {
    const { printed, complaints } = await run("--markdown", "--page", "https://example.org/headroom/", LINK);
    expect(printed).toMatch(
      /^\[!\[QLoRA of [^\]]+\]\(badge\.svg\)\]\(https:\/\/example\.org\/headroom\/\?v=1&method=qlora\)$/,
    );
    expect(complaints).toEqual([]);
  });

  test.each([
    [["https://example.org/a/?v=1&method=qlora#bars"], "https://example.org/a/?v=1&method=qlora"],
    [["--page=http://localhost:5173/?v=1", "https://example.org/a/?v=1"], "http://localhost:5173/?v=1"],
  ])("%j: leads to the page that is given, or to the link’s own", async (args, address) => {
    const { printed } = await run("--markdown", ...args);
    expect(printed.slice(printed.lastIndexOf("("))).toBe(`(${address})`);
  });

  test("says where a line leads nowhere", async () => {
    const { code, printed, complaints } = await run("--markdown", LINK);
    expect(code).toBe(0);
    expect(printed).toMatch(/^!\[/);
    expect(complaints).toEqual(["No link leads to the calculator: --page says where it is."]);
  });

  test("has the smallest card in the place of the link’s own, and leads to that run", async () => {
    const { printed } = await run(
      "--smallest",
      "--markdown",
      "--page",
      "https://example.org/",
      "?v=1&method=qlora&gpu=t4",
    );
    expect(printed).toMatch(
      /: \d+\.\d GiB, smallest card \S.+ \(\d+ GB\)\]\(badge\.svg\)\]\(https:\/\/example\.org\/\?v=1&method=qlora&gpu=(?!t4)\S+\)$/,
    );
  });

  test("ends with 1 where no card is enough", async () => {
    const { code, printed, complaints } = await run("--smallest", "?v=1&used=400");
    expect(code).toBe(1);
    expect(printed).toBe("");
    expect(complaints.at(-1)).toBe("No number of any card that is named here is enough.");
  });

  test("prints the table of all three methods", async () => {
    const { code, printed } = await run("--table", "--page", "https://example.org/", "?v=1&show=lora");
    expect(code).toBe(0);
    expect(
      printed
        .split("\n")
        .slice(2, 5)
        .map((row) => row.split(" | ")[0]),
    ).toEqual(["| Full", "| LoRA", "| QLoRA"]);
  });

  test("complains of what the link could not take", async () => {
    const { code, complaints } = await run("?v=1&batch=-3");
    expect(code).toBe(0);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain("batch");
  });

  test.each([
    [[], "There is no link."],
    [["hello"], '"hello" is not a link: it has no key=value.'],
    [["?v=1", "?v=1"], "badge takes one link."],
    [["--png", "?v=1"], 'badge has no option "--png".'],
    [["--page", "example.org", "?v=1"], "--page needs an address that begins with https:// or http://."],
    [["?v=1", "--page"], "--page needs a value."],
    [["--table", "--smallest", "?v=1"], "--table goes with no --smallest."],
  ])("%j is refused", async (args, sentence) => {
    const { code, printed, complaints } = await run(...args);
    expect(code).toBe(2);
    expect(printed).toBe("");
    expect(complaints).toEqual([`${sentence} npm run -s badge -- --help says what it takes.`]);
  });

  test("says what it takes", async () => {
    const { code, printed } = await run("--help");
    expect(code).toBe(0);
    expect(printed).toContain("--smallest");
  });
});
