// Names of running functions as in Python: which tensors they keep alive, and calls of modules.

import { assert } from "#calc/base/guards.ts";
import { withinModule } from "./recorder.ts";
import type { GradNode, Gradients, Names, Tape, Tensor } from "./tape.ts";
import { drop } from "./tensor.ts";
import { type Writable, withField } from "./run-state.ts";

export const createNames = (): Names => ({ all: [], first: 0, holding: false });

/** Forgets the last names; the first `left` stay. */
export const forgetNames = ({ all }: Names, left: number): void => {
  while (all.length > left) all.pop();
};

/** Runs `body`; its temporaries live to the end of the scope (`holding`), or die when used. The setting is restored, even if it throws. */
export const withHolding = <T>(names: Names, holding: boolean, body: () => T): T =>
  withField(names, ["holding", holding], body);

/** Runs a node's backward function: every tensor that it makes lives until it returns. */
export const runHolding = (names: Names, node: GradNode): Gradients => {
  const writable: Writable<Names> = names;
  const outer = names.holding;
  writable.holding = true;
  try {
    return node.backward(node.buffers, node);
  } finally {
    writable.holding = outer;
  }
};

const beginAt = (names: Names, first: number): void => {
  const writable: Writable<Names> = names;
  writable.first = first;
};

/** A state of names to return to: how many there are, and where those of the running function begin. */
export type NamesThen = Readonly<{ count: number; first: number }>;

export const namesNow = ({ all, first }: Names): NamesThen => ({ count: all.length, first });

/** Returns to a state of names after functions were stopped midway: their names are forgotten. */
export const returnTo = (names: Names, { count, first }: NamesThen): void => {
  forgetNames(names, count);
  beginAt(names, first);
};

/** Names a tensor: it lives until the running function returns, or until `rebind` takes the name for another. */
export const bind = (tensor: Tensor): Tensor => {
  assert(tensor.alive, "a tensor that is gone cannot be named");
  tensor.bindings++;
  tensor.tape.names.all.push(tensor);
  return tensor;
};

/** `a, b = f(x)` */
export const bindAll = <T extends readonly (Tensor | null)[]>(tensors: T): T => {
  for (const tensor of tensors) if (tensor !== null) bind(tensor);
  return tensors;
};

const unbind = (tensor: Tensor): void => {
  tensor.bindings--;
  if (tensor.bindings === 0) drop(tensor);
};

/** `del name`. */
export const unname = (tensor: Tensor): void => {
  const { all, first } = tensor.tape.names;
  const index = all.lastIndexOf(tensor);
  assert(index >= first, "only a name of the running function can be taken back");
  for (let later = index + 1; later < all.length; later++) all[later - 1] = all[later] as Tensor;
  all.pop();
  unbind(tensor);
};

/** `name = value`, where the name held `old`: `old` goes when `value` is there, so for a moment both are alive. */
export const rebind = (old: Tensor, value: Tensor): Tensor => {
  bind(value);
  unname(old);
  return value;
};

/** What a function returns. */
export type Returned = Tensor | null | readonly (Tensor | null)[];

const keepReturned = (value: Returned, step: 1 | -1): void => {
  if (value === null) return;
  if ("storage" in value) value.bindings += step;
  else for (const tensor of value) if (tensor !== null) tensor.bindings += step;
};

/** The running function returns `value`: its other names go, and its caller is the running function again. */
const leave = <T extends Returned>(names: Names, value: T, firstOfCaller: number): T => {
  const { all, first } = names;
  keepReturned(value, 1);
  for (let index = first; index < all.length; index++) unbind(all[index] as Tensor);
  keepReturned(value, -1);
  forgetNames(names, first);
  beginAt(names, firstOfCaller);
  return value;
};

/** Runs a function. When it returns, its names go, except for what it returns. */
export const scoped = <T extends Returned>({ names }: Tape, body: () => T): T => {
  const { first } = names;
  beginAt(names, names.all.length);
  return leave(names, body(), first);
};

/** Whether modules called inside this one go by their path alone: inside a model, a layer, or no module. */
const isWhole = (module: string): boolean => module === "" || module === "model" || module.startsWith("layers.");

/**
 * Calls a module as `nn.Module.__call__` does: its inputs are held until it RETURNS, even where `forward` rebinds their names. (Without
 * this rule a LoRA layer's peak is 2 % too low.)
 */
export const call = <T extends Returned, A extends readonly Tensor[]>(
  name: string,
  forward: (...inputs: A) => T,
  ...inputs: A
): T => {
  const tape = inputs[0]?.tape;
  assert(tape !== undefined, "a module has an input");
  const { recorder, names, hooks } = tape;
  const outer = recorder.module;
  // Inside a layer a name without a dot is one of the calling module's: `lora_A` is `self_attn.q_proj.lora_A`.
  const module = name.includes(".") || isWhole(outer) ? name : `${outer}.${name}`;
  const run = (hooks.ranks?.around?.(module, outer, forward as never) ?? forward) as typeof forward;
  const { first } = names;
  beginAt(names, names.all.length);
  for (const input of inputs) bind(input);
  return leave(names, withinModule(recorder, module, { forward: run, inputs }), first);
};
