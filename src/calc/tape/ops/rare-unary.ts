import { unary } from "./unary.ts";

/** `softplus(x)` */
export const softplus = unary({ name: "softplus", saves: "input" });

/** `expm1(x)`: backward is g * (result + 1), one temporary. */
export const expm1 = unary({ name: "expm1", saves: "output", temporaries: 1 });

export const exp = unary({ name: "exp", saves: "output" });

/** `x.cumsum(-1)`: backward flips the gradient, sums it up and flips it back, two temporaries. */
export const cumsum = unary({ name: "cumsum", saves: "nothing", temporaries: 2 });

/** `sqrt(x)`: backward is g / (2 * result), one temporary. */
export const sqrt = unary({ name: "sqrt", saves: "output", temporaries: 1 });
