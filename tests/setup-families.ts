// The modelling code of every family, and what several GPUs do; in the app they come when a link or a control asks for them.
import "#calc/families/all-families.ts";
import "#calc/parallel/all-strategies.ts";
// What links spell architectures with.
import "#scenario/choices/codec/architecture.ts";
