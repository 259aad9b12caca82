import { describe, expect, test } from "vitest";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { importOf, saidOf, unknownOf, unmodelledOf } from "../said-of.ts";

const file = (name: string, text: string): GivenFile => ({ name, text });
const RUN = "train.py --model_name_or_path Qwen/Qwen3-8B";

describe("DeepSpeed's launcher", () => {
  test.each([
    [`deepspeed --include localhost:0,1,4 ${RUN}`, "3"],
    [`deepspeed --include a:0,1@b:0,1,2 ${RUN}`, "5"],
    [`CUDA_VISIBLE_DEVICES=2,3 deepspeed ${RUN}`, "2"],
    [`CUDA_VISIBLE_DEVICES=0,1,2 deepspeed --num_gpus 2 ${RUN}`, "2"],
    [`CUDA_VISIBLE_DEVICES=0,1 deepspeed --include somewhere ${RUN}`, undefined],
    [`CUDA_VISIBLE_DEVICES=0,1 python ${RUN}`, undefined],
  ])("%s goes over %s", (command, gpus) => {
    expect(saidOf(command)["gpus"]).toBe(gpus);
  });
});

describe("a script that a launcher starts", () => {
  const launch = "accelerate launch --num_processes 2 mine/main.py --model_name Qwen/Qwen3-8B --rows 900";

  test("is said to be unknown, unless it stands beside", () => {
    expect(unmodelledOf(launch)).toEqual(["command: accelerate launch mine/main.py"]);
    const own = file("main.py", "AutoModelForCausalLM.from_pretrained('Qwen/Qwen3-8B')\nTrainer(model=model)\n");
    expect(unmodelledOf(own, file("run.sh", launch))).toEqual([]);
  });

  test("has the values of flags where it reads them", () => {
    const own = file(
      "main.py",
      [
        "model = AutoModelForCausalLM.from_pretrained(script.model_name)",
        "args.max_seq_length = script.rows",
        "trainer = SFTTrainer(model=model, args=args)",
      ].join("\n"),
    );
    expect(saidOf(own, file("run.sh", launch))).toMatchObject({ model: "qwen3-8b", seq: "900", gpus: "2" });
    const { lists } = importOf(own);
    expect(lists.notModelled).toContainEqual(
      expect.objectContaining({
        at: { file: "main.py", line: 1 },
        sentence: expect.stringContaining("Only a run knows which model script.model_name is") as string,
      }),
    );
  });
});

describe("a length that is set on a trainer's arguments", () => {
  const set = (args: string): string =>
    `model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-8B")\nargs.max_seq_length = 640\nSFTTrainer(model=model, args=${args})\n`;

  test("is its length, and of other arguments none", () => {
    expect(saidOf(set("args"))).toMatchObject({ seq: "640" });
    expect(saidOf(set("others"))).toMatchObject({ seq: "1024" });
    expect(unknownOf(set("args"))).toEqual([]);
  });
});

test("a script of pictures says that they are not counted", () => {
  expect(unmodelledOf(`python ${RUN} --vision_tower openai/clip --image_folder data`)).toEqual([
    "vision_tower: openai/clip",
    "image_folder: data",
  ]);
});
