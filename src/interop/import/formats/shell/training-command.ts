import type { ShellCommand, Word } from "./shell-commands.ts";

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

/** Programs that begin another one on its line, with flags of their own before it. */
const WRAPPER = /^(srun|numactl)\b|^(uv|poetry|pixi|pdm|conda|rye) run\b/;

const baseName = (word?: Word): string => word?.text.split("/").at(-1) ?? "";

/** A command that trains, without what begins it. */
export type TrainingCommand = Readonly<{ command: ShellCommand; wrapper: readonly Word[] }>;

/** `srun --nodes=2 torchrun ...` as the program that it begins. */
const unwrapped = (command: ShellCommand): TrainingCommand => {
  const beginning = command.words
    .slice(0, 2)
    .map((word) => baseName(word))
    .join(" ");
  const at = WRAPPER.test(beginning) ? command.words.findIndex((word) => PROGRAMS.has(baseName(word))) : 0;
  if (at < 1) return { command, wrapper: [] };
  return { command: { ...command, words: command.words.slice(at) }, wrapper: command.words.slice(0, at) };
};

const programOf = ({ words }: ShellCommand): string => baseName(words[0]);

const hasFlags = ({ words }: ShellCommand): boolean => words.some(({ text }) => /^--?[A-Za-z]/.test(text));

const trains = (command: ShellCommand): boolean =>
  PROGRAMS.has(programOf(command)) &&
  !OTHER_TASKS.has(command.words[1]?.text ?? "") &&
  !command.words.slice(0, 3).some(({ text }) => /^(pip|-c)$/.test(text));

/**
 * The first command of a script that trains, and those after it that do; of a text without one (flags alone), the first that has flags. Empty: no command
 * trains.
 */
export const trainingCommands = (commands: readonly ShellCommand[]): readonly TrainingCommand[] => {
  const training = commands.map(unwrapped).filter(({ command }) => trains(command));
  const first = training.find(({ command }) => hasFlags(command)) ?? training[0];
  if (first !== undefined) return [first, ...training.slice(training.indexOf(first) + 1)];
  const flags = commands.find((command) => programOf(command).startsWith("-") && hasFlags(command));
  return flags === undefined ? [] : [{ command: flags, wrapper: [] }];
};
