/** The approximation of types with convolutions, state spaces or linear attention. */
export const WITHOUT_KERNELS =
  "Convolutions, state spaces and linear attention run as transformers runs them without the optional kernels.";
