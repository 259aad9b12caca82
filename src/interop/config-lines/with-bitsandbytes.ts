/** What quantised bases and optimizers of 8 bits, or in pages, ask for. */
export const WITH_BITSANDBYTES = "With bitsandbytes installed.";
