import { describe, expect, test } from "vitest";
import { readOom, readOoms } from "#interop/oom/oom-message.ts";
import { oomText } from "./oom-texts.ts";

const MANY = 10;

const only = (text: string) => {
  const [first, ...others] = readOoms(text, MANY);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} errors in ${text.slice(0, 60)}`);
  return first;
};

const WITH_TRACEBACK = oomText({ tried: "3.91 GiB", functions: ["training_step", "ForCausalLMLoss"] });

describe("a log that was not written for a reader", () => {
  const escape = String.fromCodePoint(27);
  const coloured = WITH_TRACEBACK.replaceAll("3.91 GiB", `${escape}[1;31m3.91${escape}[0m GiB`).replace(
    '"/opt/lib/trainer.py", line 7, in ForCausalLMLoss',
    `${escape}[0;32m"/opt/lib/trainer.py", line 7${escape}[0m, in ${escape}[36mForCausalLMLoss${escape}[39m`,
  );

  test.each([
    ["colours of a terminal", coloured],
    ["colours whose first sign was lost", coloured.replaceAll(escape, "")],
    ["line ends of Windows", WITH_TRACEBACK.replaceAll("\n", "\r\n")],
    ["a progress bar in one line", `${"12%|███ | 12/100\r".repeat(100)}${WITH_TRACEBACK.replaceAll("\n", "\r")}`],
    ["16-bit letters", `\uFFFD\uFFFD${WITH_TRACEBACK.replaceAll(/[^]/g, "$&\0")}`],
  ])("is read with %s", (_, text) => {
    const { shown, moment, functions } = only(text);
    expect(shown.request).toBe("3.91 GiB");
    expect(shown.after).toMatch(/^\. GPU 0 has a total capacity of 23\.52 GiB/);
    expect(functions).toContain("ForCausalLMLoss");
    expect(moment).toEqual({ phase: "train", place: "loss" });
  });
});

describe("what is shown of an error", () => {
  test("is its line up to the last figure, with the request apart, and none of the advice", () => {
    expect(only(WITH_TRACEBACK).shown).toEqual({
      before: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate ",
      request: "3.91 GiB",
      after:
        ". GPU 0 has a total capacity of 23.52 GiB of which 3.59 GiB is free. Including non-PyTorch memory, this process has 19.92 GiB memory in use. " +
        "Of the allocated memory 19.27 GiB is allocated by PyTorch, and 221.90 MiB is reserved by PyTorch but unallocated.",
    });
  });

  test("is one sentence where no other figure follows, whatever the log goes on with", () => {
    const { shown } = only("CUDA out of memory. Tried to allocate 2.00 GiB. Killing the job\nwandb: Run summary");
    expect(shown.after).toBe(".");
  });

  test("begins later where the line is long", () => {
    const { shown } = only(`${"x".repeat(5000)} CUDA out of memory. Tried to allocate 2.00 GiB.`);
    expect(shown.before).toMatch(/^… x+ CUDA out of memory\. Tried to allocate $/);
    expect(shown.before.length).toBeLessThan(200);
  });
});

describe("a log of several errors", () => {
  test("has each request once, in its order, with its own figures and traceback", () => {
    const log = [
      oomText({ tried: "15.26 GiB", free: "1.00 GiB", functions: ["evaluate"] }),
      WITH_TRACEBACK,
      WITH_TRACEBACK,
      oomText({ tried: "15.26 GiB" }),
    ].join("\n");
    const found = readOoms(log, MANY);
    expect(found.map(({ shown }) => shown.request)).toEqual(["15.26 GiB", "3.91 GiB"]);
    expect(found[0]?.moment.phase).toBe("evaluate");
    expect(found[1]?.figures.free).not.toEqual(found[0]?.figures.free);
    expect(readOoms(log, 1)).toHaveLength(1);
  });

  test("of ten megabytes is read within a second or two", () => {
    const line = "step 12, loss 1.234, CUDA memory allocated 20.00 GiB, tried nothing else\n";
    const log = `${line.repeat(Math.ceil(1e7 / line.length))}${WITH_TRACEBACK}`;
    const start = performance.now();
    expect(readOoms(log, MANY)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test.each([
  "torch.cuda.OutOfMemoryError: CUDA out of memory.",
  "RuntimeError: CUDA out of memory. Tried to",
  "MPS backend out of memory",
])("%j, which is cut off, is asked for in full", (text) => {
  expect(readOom(text)).toMatchObject({
    kind: "without-figure",
    sentence: expect.stringMatching(/^This is PyTorch's error, and its figures are missing\. Copy all of it/),
  });
});
