import { describe, expect, test } from "vitest";
import { readOom } from "#interop/oom/oom-message.ts";
import { isHit, main } from "../../tools/terminal/oom-set.ts";
import { messageText } from "../../tools/terminal/oom-set/message-text.ts";
import { runCommand } from "../package/commands/run-command.ts";

const NONE = {
  gpu: null,
  total: null,
  free: null,
  allocated: null,
  reserved: null,
  unallocated: null,
  process: null,
  processes: [],
};

describe("oom-set", () => {
  test("prints hit or miss of twenty messages, with what was expected of each miss", async () => {
    const { code, printed } = await runCommand(main, []);
    expect(printed.at(-1)).toBe("18 of 20 explained");
    expect(printed.filter((line) => line.startsWith("hit "))).toHaveLength(18);
    const misses = printed.filter((line) => line.startsWith("miss"));
    expect(misses).toEqual(["miss  axolotl#971: 341.70 GiB", "miss  litgpt#159: 632.00 MiB"]);
    expect(printed.filter((line) => line.includes("expected: not known;"))).toHaveLength(2);
    expect(code).toBe(0);
  });

  test("takes nothing", async () => {
    const { code, complaints } = await runCommand(main, ["more"]);
    expect(code).toBe(2);
    expect(complaints[0]).toContain('oom-set takes no argument "more".');
  });

  test("hits nothing where nothing is expected", () => {
    expect(isHit(null, { tensors: [], rows: null, why: "" })).toBe(false);
  });

  test.each(["2.0", "2.1", "2.2"] as const)("words a message of %s as it is read again", (wording) => {
    const figures = { ...NONE, tried: "9.37 GiB", total: "139.72 GiB", free: "952.69 MiB", allocated: "130.77 GiB" };
    const read = readOom(messageText(["forward", "cross_entropy"], { figures, wording }));
    expect(read).toMatchObject({ kind: "message", moment: { place: "loss" } });
    if (read.kind !== "message") return;
    for (const figure of [read.figures.total, read.figures.free, read.allocated]) expect(figure).not.toBeNull();
  });
});
