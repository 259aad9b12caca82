import { decodeLink } from "#scenario/choices/decode-link.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

// Milliseconds of the first answer that a process gives, before the engine's code is compiled for the machine.
const { value: choices } = decodeLink("?v=1", FULL_CATALOG);
const start = performance.now();
toAnswer(choices, FULL_CATALOG);
console.log(performance.now() - start);
