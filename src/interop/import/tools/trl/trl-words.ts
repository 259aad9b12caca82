/** The words of TRL's commands, which are names of scripts, too. @see trl@f2cd5771:trl/scripts/, examples/scripts/ */
const WORDS = "sft|dpo|kto|orpo|cpo|simpo|bco|grpo|rloo|reward|reward_modeling|ppo|gkd|online_dpo|xpo|nash_md|prm";

/** "trl dpo", "trl/scripts/dpo.py", "run_dpo.py", "-m trl.scripts.dpo". */
const OF_TRL = new RegExp(
  String.raw`(?:\btrl\s+(?<own>${WORDS})|(?:^|[\s/])(?:run_)?(?<script>${WORDS})\.py|\btrl\.scripts\.(?<module>${WORDS}))(?=\s|$)`,
);

/** What a command of TRL trains for, by its word; undefined where it is none, or has another. */
export const objectiveWord = (command: string): string | undefined => {
  const { own, script, module } = OF_TRL.exec(command)?.groups ?? {};
  return own ?? script ?? module;
};

/** Whether a command is TRL's own, or starts a script that has the name of one of its. */
export const isTrlCommand = (command: string): boolean => /\btrl\s+\w+/.test(command) || OF_TRL.test(command);

/** The model's field. Python's parser of flags takes the beginning of a name for it, too: `--model_name`. @see python 3:argparse, allow_abbrev */
export const MODEL_NAMES: readonly string[] = ["model_name_or_path", "model_name"];
