import type { ShellCommand } from "./shell-commands.ts";

/** Programs that begin a training, or begin what does. */
const PROGRAMS: ReadonlySet<string> = new Set([
  "swift",
  "megatron",
  "trl",
  "accelerate",
  "torchrun",
  "deepspeed",
  "python",
  "python3",
  "llamafactory-cli",
  "axolotl",
  "tune",
]);

/** What the same programs do beside training. */
const OTHER_TASKS: ReadonlySet<string> = new Set([
  "infer",
  "export",
  "deploy",
  "rollout",
  "eval",
  "sample",
  "app",
  "web-ui",
  "chat",
  "api",
  "vllm-serve",
  "download",
  "config",
  "env",
  "test",
  "preprocess",
  "fetch",
  "merge-lora",
  "merge-sharded-fsdp-weights",
]);

const programOf = ({ words }: ShellCommand): string => words[0]?.text.split("/").at(-1) ?? "";

const hasFlags = ({ words }: ShellCommand): boolean => words.some(({ text }) => /^--?[A-Za-z]/.test(text));

const trains = (command: ShellCommand): boolean =>
  PROGRAMS.has(programOf(command)) &&
  !OTHER_TASKS.has(command.words[1]?.text ?? "") &&
  !command.words.slice(0, 3).some(({ text }) => /^(pip|-c)$/.test(text));

/** The first command of a script that trains; of a text without one (flags alone), the first that has flags. */
export const trainingCommand = (commands: readonly ShellCommand[]): ShellCommand | undefined =>
  commands.find((command) => trains(command) && hasFlags(command)) ??
  commands.find(trains) ??
  commands.find((command) => programOf(command).startsWith("-") && hasFlags(command));
