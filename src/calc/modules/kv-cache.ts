// Keys and values cached for generation, and the attention mask over them.

import type { Heads, Tensor, KeyValueCache } from "#calc/tape/tape.ts";
import { view, expand } from "#calc/tape/ops/views.ts";
import { shapeOf, type Shape } from "#calc/tape/ledger/shape.ts";
import { bind, unname } from "#calc/tape/scope.ts";
import { withoutGraph } from "#calc/tape/operation.ts";

/** `del name`, where the running function has it. */
const letGo = (states: Tensor): void => {
  const { all, first } = states.tape.names;
  if (all.lastIndexOf(states) >= first) unname(states);
};

const made = (states: Tensor, shape: Shape): Tensor =>
  bind(withoutGraph({ name: "cat", shape, dtype: states.dtype }, states));

/** It is there when the forward has ended. */
const kept = (states: Tensor): Tensor => {
  states.bindings++;
  return states;
};

/** The forward of the prompt: the cache's own copies take the place of keys and values. A layer with a window keeps its size on the card. */
const begun = ({ growthOf }: KeyValueCache, { query, key, value }: Heads): Heads => {
  if (growthOf(key.tape.position.layer) !== "grows")
    kept(withoutGraph({ name: "tensor", shape: shapeOf(1), dtype: "int64" }, query));
  const cached = { query, key: kept(made(key, key.shape)), value: kept(made(value, value.shape)) };
  letGo(key);
  letGo(value);
  return cached;
};

/** A dimension: all tokens of the cache, all but the last, and the tokens of a window. */
const ALL = "mismatched s";

const ALL_BUT_LAST = "mismatched s-1";

const OF_WINDOW = "prompt";

const shapeAt = ({ shape: { dims } }: Tensor, tokens: 1 | typeof ALL | typeof ALL_BUT_LAST | typeof OF_WINDOW): Shape =>
  shapeOf("b", dims[1] ?? 1, tokens, dims[3] ?? 1);

/** What is there while keys, or values, are made anew: what stays of them, and what goes with the old ones. */
type Renewed = Readonly<{ states: Tensor; stays: Tensor | null; goes: Tensor }>;

/**
 * `torch.cat([old, new])`. The old ones are no tensor of this run: as many bytes of the new ones go in their place. What stays is a token more, or nothing where
 * the oldest token left the window.
 */
const renew = (states: Tensor, growth: "grows" | "slides" | "full"): Renewed =>
  growth === "full"
    ? { states, stays: null, goes: made(states, shapeAt(states, OF_WINDOW)) }
    : {
        states,
        stays: kept(made(states, shapeAt(states, 1))),
        goes: made(states, shapeAt(states, ALL_BUT_LAST)),
      };

/** Keys, or values, of all tokens: a view, as what they are made of is counted. */
const whole = ({ states, stays }: Renewed): Tensor =>
  bind(expand(stays ?? states, shapeAt(states, stays === null ? OF_WINDOW : ALL)));

/** The forward of one more token. */
const grownBy = ({ growthOf }: KeyValueCache, { query, key, value }: Heads): Heads => {
  const growth = growthOf(key.tape.position.layer);
  const ofKey = renew(key, growth);
  if (growth === "grows") unname(ofKey.goes);
  const ofValue = renew(value, growth);
  for (const { goes } of growth === "grows" ? [ofValue] : [ofKey, ofValue]) unname(goes);
  // Of one token heads lie in order however they are turned.
  const cached = { query: bind(view(query, query.shape)), key: whole(ofKey), value: whole(ofValue) };
  letGo(key);
  letGo(value);
  return cached;
};

/**
 * `past_key_values.update(key, value)`: queries, with keys and values as the cache has them; as they are where nothing is generated.
 *
 * @see transformers 5.24, cache_utils.py, `DynamicLayer.update`, `DynamicSlidingWindowLayer.update`
 */
export const cachedHeads = (heads: Heads): Heads => {
  const { cache } = heads.query.tape.hooks;
  if (cache === null) return heads;
  return cache.of === "prompt" ? begun(cache, heads) : grownBy(cache, heads);
};

/** Whether queries are those of one token beside a cache. */
export const isForOneToken = ({ query }: Heads): boolean => query.tape.hooks.cache?.of === "token";

/** A mask as wide as keys are long: of one token it is so small that a view stands for it. */
export const maskForKeys = ({ key, query }: Heads, mask: Tensor): Tensor =>
  query.tape.hooks.cache?.of === "token" ? bind(expand(mask, shapeOf("b", 1, "s", key.shape.dims[2] ?? 1))) : mask;
