import { describe, expect, test } from "vitest";
import { main } from "#package/commands/measure.ts";
import { rowFault } from "../../../tools/terminal/check-measure/row-fault.ts";
import { runCommand } from "./run-command.ts";

/** What the command prints in one text, and the rest as it is. */
const run = async (...args: readonly string[]) => {
  const ran = await runCommand(main, args);
  return { ...ran, printed: ran.printed.join("\n") };
};

describe("measure", () => {
  test("prints the script, and nothing else", async () => {
    const { code, printed, complaints } = await run("?v=1&method=qlora");
    expect(code).toBe(0);
    expect(printed).toMatch(/^# QLoRA of Llama 3\.1 8B on a GeForce RTX 4090: [^]*\n {4}main\(\)$/);
    expect(complaints).toEqual([]);
  });

  test("prints the callback", async () => {
    const { code, printed } = await run("--callback", "?v=1&method=qlora&gpus=2");
    expect(code).toBe(0);
    expect(printed).toContain("class HeadroomCallback(TrainerCallback):");
  });

  test("complains of what the link could not take, and goes on", async () => {
    const { code, complaints } = await run("?v=1&batch=-3");
    expect(code).toBe(0);
    expect(complaints[0]).toContain("batch");
  });

  test("refuses what the script would measure otherwise, and prints nothing", async () => {
    expect(await run("?v=1&gpus=2")).toEqual({
      code: 2,
      printed: "",
      complaints: ["The script measures a run of one GPU, with nothing of it in host memory."],
    });
  });

  test.each([
    [[], "There is no link."],
    [["hello"], '"hello" is not a link: it has no key=value.'],
    [["--json", "?v=1"], 'measure has no option "--json".'],
    [["?v=1", "?v=1"], "measure takes one link."],
  ])("%j is refused", async (args, sentence) => {
    const { code, printed, complaints } = await run(...args);
    expect(code).toBe(2);
    expect(printed).toBe("");
    expect(complaints).toEqual([`${sentence} npm run -s measure -- --help says what it takes.`]);
  });

  test("says what it takes", async () => {
    const { code, printed } = await run("--help");
    expect(code).toBe(0);
    expect(printed).toContain("--callback");
  });
});

const moments = ["load", "forward", "backward", "step", "zero"].map((id) => ({ id, liveBytes: null, peakBytes: null }));

const ROW = {
  headroom: 1,
  link: "?v=1",
  at: "2026-11-29T06:00:00Z",
  outcome: "ran",
  message: null,
  failedAt: null,
  device: null,
  driver: null,
  versions: { python: "3.11.7", torch: "2.13.0" },
  steps: 3,
  moments,
  peakBytes: null,
  reservedBytes: null,
  contextBytes: null,
};

describe("a printed row", () => {
  const faultOf = (patch: object, expected: "ran" | "out-of-memory" = "ran"): string | null =>
    rowFault(`${JSON.stringify({ ...ROW, ...patch })}\n`, expected);

  test("is a line of what is printed", () => {
    expect(rowFault(`a warning\n${JSON.stringify(ROW)}\n{'loss': 5.5}\n`, "ran")).toBeNull();
    expect(rowFault("Traceback", "ran")).toBe("it printed no row: Traceback");
  });

  test("has whole bytes, a time and all moments", () => {
    expect(faultOf({ peakBytes: 1.5 })).toBe(
      "In the measured row peakBytes is 1.5, not a whole number of bytes or null.",
    );
    expect(faultOf({ at: "yesterday" })).toMatch(/^In the measured row at is "yesterday", /);
    expect(faultOf({ steps: 2 })).toBe("it has 2 steps and the moments load,forward,backward,step,zero");
    expect(faultOf({ moments: moments.slice(1) })).toContain("the moments forward,");
    expect(faultOf({ more: 1 })).toBe("it has a field more, which docs/measured-rows.md has not");
  });

  test("of a run without the memory has its words and its moment", () => {
    const failed = { outcome: "out-of-memory", message: "CUDA out of memory.", failedAt: "forward", steps: 0 };
    expect(faultOf({ ...failed, moments: moments.slice(0, 1) }, "out-of-memory")).toBeNull();
    expect(faultOf({ ...failed, message: null }, "out-of-memory")).not.toBeNull();
    expect(faultOf({}, "out-of-memory")).toBe("it ended as ran: null");
    expect(faultOf(failed)).toBe("it ended as out-of-memory: CUDA out of memory.");
    expect(faultOf({ message: "CUDA out of memory." })).toBe("a run that went through has a message");
  });
});
