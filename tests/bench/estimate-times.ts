import { decodeLink } from "#scenario/url.ts";
import { toAnswer } from "#scenario/to-answer.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const WARM_UP = 20;
const REPEATS = 200;

/** Scenarios that ask different things of the core: the default, a long one without checkpointing, experts, many GPUs. */
const LINKS = [
  "?v=1",
  "?v=1&model=llama-3.1-70b&seq=32768&ckpt=0",
  "?v=1&model=mixtral-8x7b&method=qlora",
  "?v=1&model=qwen2.5-72b&method=full&gpus=64",
];

/** Milliseconds that one answer (every method shown, held against the card) takes, link by link, after warming up. */
export const estimateTimes = (): readonly Readonly<{ link: string; milliseconds: readonly number[] }>[] =>
  LINKS.map((link) => {
    const { value: choices } = decodeLink(link, FULL_CATALOG);
    for (let turn = 0; turn < WARM_UP; turn++) toAnswer(choices, FULL_CATALOG);
    const milliseconds: number[] = [];
    for (let turn = 0; turn < REPEATS; turn++) {
      const start = performance.now();
      toAnswer(choices, FULL_CATALOG);
      milliseconds.push(performance.now() - start);
    }
    return { link, milliseconds };
  });
