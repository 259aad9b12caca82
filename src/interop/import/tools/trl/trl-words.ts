/** The words of TRL's commands that train otherwise than on next tokens, which are names of scripts, too. @see trl@f2cd5771:trl/scripts/, examples/scripts/ */
const OBJECTIVES = "dpo|kto|orpo|cpo|bco|grpo|rloo|reward|reward_modeling|ppo|gkd|online_dpo|xpo|nash_md|prm";

/** "trl dpo", "trl/scripts/dpo.py", "run_dpo.py", "-m trl.scripts.dpo". */
const commandOf = (words: string): RegExp =>
  new RegExp(
    String.raw`(?:\btrl\s+(?:${words})|(?:^|[\s/])(?:run_)?(?:${words})\.py|\btrl\.scripts\.(?:${words}))(?=\s|$)`,
  );

/** A command of one of TRL's other objectives. */
export const OTHER_OBJECTIVE = commandOf(OBJECTIVES);

const OF_TRL = commandOf(`sft|${OBJECTIVES}`);

/** Whether a command is TRL's own, or starts a script that has the name of one of its. */
export const isTrlCommand = (command: string): boolean => /\btrl\s+\w+/.test(command) || OF_TRL.test(command);

/** The model's field. Python's parser of flags takes the beginning of a name for it, too: `--model_name`. @see python 3:argparse, allow_abbrev */
export const MODEL_NAMES: readonly string[] = ["model_name_or_path", "model_name"];
