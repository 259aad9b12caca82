import { expect, test } from "vitest";
import { fieldsOf, importText, linesOf, placesOf } from "../import-text.ts";

test("flags are fields without dashes; the words before them are the command", () => {
  expect(fieldsOf("trl sft --model_name_or_path a/b --lora-r 8 --packing --bf16=true --lr 1e-4 --names q v")).toEqual({
    command: "trl sft",
    model_name_or_path: "a/b",
    lora_r: 8,
    packing: true,
    bf16: true,
    lr: "1e-4",
    names: ["q", "v"],
  });
});

test("a line goes on after a backslash, past comments, and each flag knows its own line", () => {
  const text = "#!/bin/bash\nswift sft \\\n  --model a/b \\\n  # --lora_rank 4 \\\n  --lora_rank 8\n";
  expect(fieldsOf(text)).toEqual({ command: "swift sft", model: "a/b", lora_rank: 8 });
  expect(placesOf(text)).toMatchObject({ command: 2, model: 3, lora_rank: 5 });
});

test("variables are put in, and what expr comes to; what only a run knows keeps its own words", () => {
  const text =
    "n=2\nNPROC_PER_NODE=$n swift sft --accum $(expr 16 / $n) --more $((n * 3)) --dir $(date +%s) --who ${WHO:-me}";
  expect(fieldsOf(text)).toEqual({
    command: "swift sft",
    NPROC_PER_NODE: 2,
    accum: 8,
    more: 6,
    dir: "‹date_+%s›",
    who: "me",
  });
});

test("lists of words are put in as words", () => {
  const text = 'ARGS=(\n  --nproc_per_node 4\n)\nMORE="--lora_rank 8"\ntorchrun "${ARGS[@]}" train.py $MORE';
  expect(fieldsOf(text)).toEqual({ command: "torchrun train.py", "launch.nproc_per_node": 4, lora_rank: 8 });
});

test("a launcher's flags stand apart from the script's", () => {
  expect(fieldsOf("accelerate launch --num_processes 2 --use_fsdp sft.py --num_train_epochs 3")).toEqual({
    command: "accelerate launch sft.py",
    "launch.num_processes": 2,
    "launch.use_fsdp": true,
    num_train_epochs: 3,
  });
  expect(fieldsOf("accelerate launch -m axolotl.cli.train --micro_batch_size 2")).toEqual({
    command: "accelerate launch -m axolotl.cli.train",
    micro_batch_size: 2,
  });
});

test("JSON of a flag is a section; a mark of number within a word is no comment; output goes nowhere", () => {
  expect(fieldsOf(`swift sft --kwargs '{"use_reentrant": false}' --dataset a/b#500 --x 1 2>&1 > log.txt`)).toEqual({
    command: "swift sft",
    "kwargs.use_reentrant": false,
    dataset: "a/b#500",
    x: 1,
  });
});

test("of a script the first command that trains is read", () => {
  const text = "pip install x --upgrade\nswift export --model a\nswift sft --model b\nswift infer --model c";
  expect(fieldsOf(text)).toEqual({ command: "swift sft", model: "b" });
  expect(fieldsOf("#!/bin/sh\nls --all")).toBe("-: No command in it begins a training.");
});

test("a document within a script is no command", () => {
  expect(fieldsOf("#!/bin/sh\ncat <<EOF > x\nswift sft --model no\nEOF\nswift sft --model yes")).toMatchObject({
    model: "yes",
  });
});

test("a quotation without end is refused with its line", () => {
  expect(fieldsOf("#!/bin/sh\nswift sft --model 'a\n")).toBe("2: A quotation that begins with ' does not end.");
});

test.each([
  "srun --nodes=1 --gpus-per-node 8 swift sft --model b",
  "uv run swift sft --model b",
  "poetry run swift sft --model b",
  "conda run -n own swift sft --model b",
])("%s is the command that it begins", (text) => {
  expect(fieldsOf(text)).toEqual({ command: "swift sft", model: "b" });
});

test("what is not read of a script is said: flags of what starts a command, and a second command that trains", () => {
  const text =
    "#!/bin/bash\nsrun --nodes=2 swift sft --model Qwen/Qwen3-8B\n\nswift rlhf --model Qwen/Qwen3-8B --rlhf_type dpo\n";
  expect(linesOf(importText(text))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ at: { file: "file-1", line: 2 }, field: "started by: srun --nodes=2" }),
      expect.objectContaining({
        at: { file: "file-1", line: 4 },
        field: "another command: swift rlhf --model Qwen/Qwen3-8B --rlhf_type dpo",
        sentence: "Another command that trains: the first of the script is read.",
      }),
    ]),
  );
});
