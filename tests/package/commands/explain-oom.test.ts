import { describe, expect, test } from "vitest";
import { main } from "#package/commands/explain-oom.ts";
import { inFiles } from "../../terminal/in-files.ts";
import { runCommand } from "./run-command.ts";

const ERROR =
  "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 15.26 GiB. GPU 0 has a total capacity of 39.56 GiB of which 12.03 GiB is free. " +
  "Including non-PyTorch memory, this process has 27.50 GiB memory in use. Of the allocated memory 26.53 GiB is allocated by PyTorch, and 474.50 MiB is reserved by PyTorch but unallocated.";
const TRACEBACK = `Traceback (most recent call last):\n  File "trainer.py", line 4111, in evaluate\n    output = eval_loop(\n${ERROR}`;
const COMMAND =
  "torchrun train.py --model_name_or_path google/gemma-2-2b --per_device_train_batch_size 1 --max_length 2000 --bf16 True";
const LINK = "?v=1&model=gemma-2-2b&method=full&seq=2000";
const NAMED = /^That is most likely the logits in fp32.*8 × 2,000 tokens × 256,000 = 16,384,000,000 B\./;

const explain = (input: string, ...args: readonly string[]) => runCommand(main, ["-", ...args], input);

describe("explain-oom", () => {
  test("says which tensor of a link's run it was", async () => {
    const { code, printed, complaints } = await explain(TRACEBACK, "--link", LINK);
    expect(printed[1]).toMatch(NAMED);
    expect(printed.map((line) => line.split(":")[0])).toEqual(expect.arrayContaining(["Why", "What to change"]));
    expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
  });

  test.each([LINK, `https://headroom.example/${LINK}#answer`])(
    "takes a link after the files, too: %s",
    async (link) => {
      const { code, printed, complaints } = await explain(TRACEBACK, link);
      expect(printed).toEqual((await explain(TRACEBACK, "--link", link)).printed);
      expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
    },
  );

  test.each([
    { given: ["--link", LINK, LINK], said: "explain-oom takes one link." },
    { given: [LINK, LINK], said: "explain-oom takes one link." },
  ])("takes no second link: $given", async ({ given, said }) => {
    const { code, complaints } = await explain(TRACEBACK, ...given);
    expect(code).toBe(2);
    expect(complaints[0]).toContain(said);
  });

  test("asks for a file where there is only a link", async () => {
    const { code, complaints } = await runCommand(main, [LINK]);
    expect(code).toBe(2);
    expect(complaints[0]).toMatch(/^There is no file\./);
  });

  test("reads the run from the command that was pasted beside it, and says which it took", async () => {
    const { code, printed } = await explain(
      `It died at step 500, see: below\n\n\`\`\`\n${COMMAND}\n\`\`\`\n\n${TRACEBACK}`,
    );
    expect(printed[1]).toMatch(NAMED);
    expect(printed.at(-1)).toMatch(/^The run: \?v=1&model=gemma-2-2b&method=full&seq=2000/);
    expect(code).toBe(0);
  });

  test("reads the run from another file", async () => {
    const { code, printed } = await inFiles([COMMAND, TRACEBACK], (paths) => runCommand(main, paths));
    expect(printed[1]).toMatch(NAMED);
    expect(code).toBe(0);
  });

  test("asks for the link where nothing says which run it was", async () => {
    const { code, printed, complaints } = await explain(TRACEBACK);
    expect({ code, printed }).toEqual({ code: 2, printed: [] });
    expect(complaints[0]).toMatch(/^Nothing beside the message says which run it was\. Give its link \('\?v=1/);
  });

  test("ends with 1 where no tensor of the run has the size", async () => {
    const { code, printed } = await explain(ERROR.replace("15.26", "341.70"), "--link", LINK);
    expect(printed[1]).toMatch(/^No tensor of this scenario has 341\.70 GiB\./);
    expect(code).toBe(1);
  });

  test.each([
    ["hello", "There is no out-of-memory message in it"],
    ["RuntimeError: CUDA error: out of memory", "The driver had no memory"],
    [
      "DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes",
      "This is memory of the host and not of a GPU",
    ],
  ])("ends with 2 for %j", async (text, why) => {
    const { code, complaints } = await explain(text, "--link", LINK);
    expect(code).toBe(2);
    expect(complaints[0]).toContain(why);
  });

  test("refuses a link that is none, and no file", async () => {
    expect(await runCommand(main, [])).toMatchObject({ code: 2 });
    expect((await explain(ERROR, "--link", "nonsense")).complaints[0]).toContain('"nonsense" is not a link');
  });

  test("no line of a text is a line of what it prints", async () => {
    const text = `${TRACEBACK}\n\u001B[2J::set-output name=x::y`;
    const { printed } = await explain(text, "--link", LINK);
    expect(printed.join("\n")).not.toContain("\u001B");
  });
});
