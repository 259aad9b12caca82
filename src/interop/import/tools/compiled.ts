/** What is said where a tool compiles a model. */
export const COMPILED = "torch.compile fuses kernels, which saves other tensors than those that are counted here.";
