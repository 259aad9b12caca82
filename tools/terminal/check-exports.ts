import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { exportFiles } from "#interop/export/export-files.ts";
import { EXPORT_TOOLS, type ExportTool, isExportTool } from "#interop/export/export-tools.ts";
import { readLink } from "#package/given-scenario.ts";
import { callersProgram, type Command, type Terminal } from "#package/commands/terminal.ts";
import { runCommand, UNREADABLE, type Arguments } from "#package/commands/command.ts";

const USAGE = `Usage: npm run check-exports -- [PYTHON] [TOOL=PYTHON...]

Exports twenty-seven scenarios for every tool and loads the files in the tools' own config classes (tools/exports/load_files.py).

  PYTHON         an interpreter that has them, python3 if none is named; PYTHONPATH says where else they are
  TOOL=PYTHON    another interpreter for the files of one tool, without PYTHONPATH: torchtune=/venv/bin/python

What is not installed there is said, and counts as neither. Ends with 0 when nothing failed, 1 when something did, 2 without an interpreter.`;

/** What people run: methods, formats, optimizers, kernels, one GPU and several. */
const LINKS: readonly string[] = [
  "?v=1",
  "?v=1&method=qlora&r=64&dropout=0.05&batch=4&accum=4&seq=4096",
  "?v=1&method=full&weights=bf16&optim=paged_adamw_8bit&packing=0",
  "?v=1&method=qlora&quant=fp4&dq=0&targets=q_proj,v_proj&save=lm_head",
  "?v=1&method=qlora&quant=int8&attn=eager&ckpt=0",
  "?v=1&dora=1&adapters=bf16&loss=full&attn=flash",
  "?v=1&loss=fused&liger=1&actoffload=1&optim=adamw_bnb_8bit",
  "?v=1&method=full&gpus=8&shard=fsdp2&accum=2&gpu=h100-sxm",
  "?v=1&method=full&gpus=4&shard=zero3&offload=all&gpu=h100-sxm",
  "?v=1&gpus=2&shard=ddp&gpu=a100-80gb-sxm",
  "?v=1&method=qlora&gpus=2&shard=zero2&offload=optimizer",
  "?v=1&model=qwen3-8b&method=full&gpus=8&tp=2&gpu=h100-sxm&alloc=expandable",
  "?v=1&model=qwen2.5-0.5b&tuner=vera&r=256&gpu=t4",
  "?v=1&model=qwen3-30b-a3b&method=full&gpus=8&ep=8&gpu=h100-sxm",
  "?v=1&method=qlora&optim=sgd_momentum&compute=fp16&reentrant=1",
  "?v=1&method=full&gpus=8&tp=2&gpu=h100-sxm",
  "?v=1&method=full&gpus=8&tp=2&gpu=h100-sxm&optim=adamw_torch",
  "?v=1&method=full&optim=adamw_in_backward&accum=4",
  "?v=1&targets=gate_proj,up_proj,down_proj&ckpt=0&actoffload=1",
  "?v=1&model=mistral-7b-v0.1&method=full&gpus=2&selective=2&optim=adafactor",
  "?v=1&stack=trl&method=qlora&objective=dpo&ref=copy&batch=2&seq=1024&actoffload=1",
  "?v=1&stack=trl&objective=dpo&ref=copy-4bit&dq=0",
  "?v=1&stack=trl&objective=distill&model=qwen2.5-0.5b&teacher=qwen2.5-1.5b&teacherdtype=bf16",
  "?v=1&stack=trl&method=full&objective=dpo&ref=precomputed&gpus=4&shard=zero3&gpu=h100-sxm",
  "?v=1&stack=trl&objective=grpo&beta=0.04&batch=4&accum=2&adapters=bf16",
  "?v=1&stack=trl&method=full&objective=grpo&prompt=512",
  "?v=1&stack=trl&method=qlora&objective=orpo&batch=2",
  "?v=1&stack=trl&objective=simpo&fill=0.5&liger=1",
  "?v=1&stack=trl&method=full&objective=cpo",
];

const PROGRAM = join("tools", "exports", "load_files.py");

/** Each file in a folder of its tool and scenario. */
const writeAll = (folder: string, tools: readonly ExportTool[]): void => {
  for (const [index, link] of LINKS.entries())
    for (const tool of tools) {
      const own = join(folder, `${tool}+${index + 1}`);
      mkdirSync(own);
      for (const { name, text } of exportFiles(tool, readLink(link).value, FULL_CATALOG).files)
        writeFileSync(join(own, name), text);
    }
};

/** An interpreter, and the tools whose files it loads. */
type Loading = Readonly<{ python: string; tools: readonly ExportTool[]; env: NodeJS.ProcessEnv }>;

/** What each interpreter loads. */
const askedOf = ({ rest }: Arguments): Asked | string => {
  const named = rest.filter((arg) => arg.includes("=")).map((arg) => arg.split("="));
  const wrong = named.find(([tool = ""]) => !isExportTool(tool));
  if (wrong !== undefined) return `${wrong.join("=")} names no tool: ${EXPORT_TOOLS.join(", ")}.`;
  const [python = "python3", second] = rest.filter((arg) => !arg.includes("="));
  if (second !== undefined) return `check-exports takes one PYTHON for all tools, and not ${second} too.`;
  const { PYTHONPATH: _, ...without } = process.env;
  const others = EXPORT_TOOLS.filter((tool) => named.every(([name]) => name !== tool));
  return {
    loadings: [
      { python, tools: others, env: process.env },
      ...named.map(([tool, own = ""]) => ({ python: own, tools: [tool as ExportTool], env: without })),
    ],
  };
};

/** What an interpreter says of its tools' files, a line each, or why it did not run. */
const load = ({ python, tools, env }: Loading): Readonly<{ lines: readonly string[] } | { failure: string }> => {
  const folder = mkdtempSync(join(tmpdir(), "exports-"));
  try {
    writeAll(folder, tools);
    const options = { encoding: "utf8", maxBuffer: 2 ** 26, env } as const;
    const { stdout, status, error } = spawnSync(python, [PROGRAM, folder], options);
    return error === undefined && status === 0
      ? { lines: stdout.split("\n") }
      : { failure: `${python} ${PROGRAM} did not run: ${error?.message ?? `it ended with ${status}`}.` };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

type Asked = Readonly<{ loadings: readonly Loading[] }>;

const run = ({ loadings }: Asked, terminal: Terminal): number => {
  const { print, complain } = terminal;
  const lines: string[] = [];
  for (const loading of loadings) {
    const loaded = load({ ...loading, python: callersProgram(loading.python, terminal) });
    if ("failure" in loaded) {
      complain(loaded.failure);
      return UNREADABLE;
    }
    lines.push(...loaded.lines);
  }
  const outcome = (word: string): readonly string[] => lines.filter((line) => line.startsWith(`${word} `));
  const reasons = outcome("not installed").map((line) => line.replace(/\+\d+\//, "/"));
  for (const line of new Set([...reasons, ...outcome("failed")])) print(line);
  const failed = outcome("failed").length;
  print(`${outcome("not installed").length} not checked: what they need is not installed`);
  print(`${outcome("passed").length} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
};

/** `check-exports`: exported files in the real tools. */
export const main: Command = runCommand<Asked>({
  name: "check-exports",
  usage: () => USAGE,
  options: {},
  askedOf,
  run,
});
