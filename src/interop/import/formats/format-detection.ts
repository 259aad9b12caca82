// Detection of a text's format: command, Python code or TOML.

import { setsTraining } from "./python-calls.ts";

/** How much of a text shows what it is written in. */
const SHOWN = 200_000;

const SHEBANG = /^#!.*\b(ba|z|da)?sh\b/;
const IMPORT =
  /^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import[ \t]+[\w(*]|import[ \t]+[\w.]+(?:[ \t]+as[ \t]+\w+)?[ \t]*(?:[,;#]|$))/m;

/** What is set before a program on its line. */
const ENVIRONMENT = String.raw`(?:[A-Za-z_]\w*=[^\s=]*[ \t]+(?:\\\n[ \t]*)?){0,20}`;
const PROGRAM = String.raw`(?:swift|megatron|trl|accelerate|torchrun|deepspeed|python3?|llamafactory-cli|axolotl|tune)`;
/** What begins a program, with its own flags before it. */
const WRAPPER = String.raw`(?:(?:srun|numactl|(?:uv|poetry|pixi|pdm|conda|rye)[ \t]+run)[ \t]+(?:[^\s;|&]+[ \t]+){0,20}?)?`;
const LAUNCH = new RegExp(
  String.raw`^[ \t]*(?:[$!>][ \t]*)?(?:nohup[ \t]+)?${ENVIRONMENT}${WRAPPER}${PROGRAM}[ \t]+[\w.\\/"'$-]`,
  "m",
);
const FLAG = /(?:^|\s)--[A-Za-z]/;

const HEADER = /^[ \t]*\[\[?[\w."' \t-]+\]\]?[ \t]*(?:#.*)?$/m;
const KEY = /^[ \t]*[\w."'-]+[ \t]*=/m;
const SETTING = /^[ \t]*[\w."'-]+[ \t]*=[ \t]*\S/m;
const FIELD = /^[ \t]*[\w."'-]+[ \t]*:(?:[ \t]|$)/m;

/** A command line or a shell's script: what it begins with, or a program that trains with its flags. */
export const isCommand = (text: string): boolean => {
  const shown = text.slice(0, SHOWN);
  if (SHEBANG.test(shown)) return true;
  const own = shown.replaceAll(/^[ \t]*#.*$/gm, "").trimStart();
  if (own.search(LAUNCH) === 0 && !IMPORT.test(shown)) return true;
  return FLAG.test(shown) && (/^\s*--/.test(shown) || (LAUNCH.test(shown) && !IMPORT.test(shown)));
};

/** Python code: what it imports, or a call that sets something of a training. */
export const isPython = (text: string): boolean => {
  const shown = text.slice(0, SHOWN);
  return IMPORT.test(shown) || setsTraining(shown);
};

export const isToml = (text: string): boolean => {
  const shown = text.slice(0, SHOWN);
  return HEADER.test(shown) ? KEY.test(shown) : SETTING.test(shown) && !FIELD.test(shown);
};
