import { ACCESSIBILITY } from "./accessibility.mjs";
import { ANSWERS } from "./answers.mjs";
import { BUNDLE } from "./bundle.mjs";
import { COVERAGE } from "./coverage.mjs";
import { FUZZ } from "./fuzz.mjs";
import { LIGHTHOUSE } from "./lighthouse.mjs";
import { MEMORY } from "./memory.mjs";
import { MUTANTS } from "./mutants.mjs";

/** The parts of docs/quality.md, in their order there. @type {readonly import("./section.mjs").Section[]} */
export const SECTIONS = [ANSWERS, FUZZ, COVERAGE, MUTANTS, ACCESSIBILITY, LIGHTHOUSE, BUNDLE, MEMORY];
