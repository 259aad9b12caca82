import { capitalized } from "#format/phrases.ts";
import { type ChosenRun, chosenSharding } from "./chosen-run.ts";
import { type UnwrittenSetting, type Setting, settingName } from "./setting.ts";
import { type Topic, type TopicId, TOPICS } from "./topics.ts";

type Said = Readonly<{
  /** The setting that it stands in the place of, which has a line with other choices; absent: the topic. */
  name?: string;
  /** What can be done, as the end of the sentence. */
  instead?: string;
}>;

/** Of whom, and of what. */
type Lack = readonly [tool: string, topic: TopicId];

/** What a library does by itself, and has no field for. */
export const libraryDefault = (run: ChosenRun, [tool, id]: Lack, name: string = id): UnwrittenSetting => ({
  name,
  chosen: JSON.stringify(TOPICS[id].chosen(run)),
  sentence: `${capitalized(TOPICS[id].words(run))} is what ${tool} does by itself: no field says so.`,
  when: "taken-back",
});

/** A setting that a library has no field for, or does so by itself. */
export const missingField = (run: ChosenRun, lack: Lack, { name = lack[1], instead }: Said = {}): UnwrittenSetting => {
  const [tool, id] = lack;
  const { words, chosen, nothing, own }: Topic = TOPICS[id];
  const value = chosen(run);
  if (own !== undefined && value === own(run)) return libraryDefault(run, lack, name);
  return {
    name,
    chosen: JSON.stringify(value),
    sentence: `${tool} has no field for ${words(run)}${instead === undefined ? "" : `: ${instead}`}.`,
    when: value === nothing ? "taken-back" : "chosen",
  };
};

/** Topics that a library has no field for. */
export const unwrittenAll = (run: ChosenRun, tool: string, topics: readonly TopicId[]): readonly UnwrittenSetting[] =>
  topics.map((topic) => missingField(run, [tool, topic]));

/** The optimizer alone in host memory: DeepSpeed can, nothing else. */
export const optimizerOnHost = (run: ChosenRun, tool: string): readonly Setting[] => {
  if (chosenSharding(run).kind === "zero" || run.choices.offload === "all") return [];
  return [missingField(run, [tool, "offload"], { instead: "that takes ZeRO" })];
};

/** What says whether layers are checkpointed, of a library that checkpoints them whole. */
export const wholeLayers = (run: ChosenRun, tool: string, setting: Setting): Setting =>
  run.choices.ckpt && run.resolved.selective !== "none"
    ? missingField(run, [tool, "selective"], { name: settingName(setting) })
    : setting;

/** What quantised bases and optimizers of 8 bits, or in pages, ask for. */
export const WITH_BITSANDBYTES = "With bitsandbytes installed.";
