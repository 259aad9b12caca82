import { decodeLink } from "#scenario/choices/decode-link.ts";
import fc from "fast-check";
import { expect } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { finiteNumbers } from "./finite-numbers.ts";
import { mutatedArchitecture } from "./mutated-architecture.ts";
import { tried } from "../tried.ts";

/** One head of 64 in a GPT-2 that is 7 wide, with twenty of keys: eager attention alone would never notice. */
const WIDER_KEYS_THAN_MODEL = "gpt2.h7.f5120.l36.a1.k20.d64.v50257.t1.p1024.act:gelu_new.mlp:plain.nt:layernorm.nl2";

/** A Gemma 3n of sixteen million modules, which would fill the memory of any machine. */
const MILLIONS_OF_INPUTS =
  "gemma3n.h2048.f16384.l35.a8.k2.d256.v262400.t1.nl4.qn:head.sw512.ks15.pl256.pv262144.au16777216.la64";

/** A Nemotron-H whose list of layers runs on into the number of Mamba's heads, which is lacking then: AdaLomo would divide nothing by nothing. */
const NO_HEADS_OF_MAMBA = `nemotron_h.h2688.f1856.l52.a32.k2.d128.v131072.t0.e128.x6.m1856.p262144.act:relu2.mlp:plain.nt:rmsnorm.nl1.sm3712.rc1.hp:${"MEMEM*E".repeat(7)}MEM mh64.md64.ms128.mg8.mc4`;

// A thousand layers of nonsense take the engine longer than a real model does.
tried(
  "an architecture that makes no sense gives finite numbers or the default model, and never an exception",
  { quick: 40, thorough: 200 },
  (runs) => {
    fc.assert(
      fc.property(
        mutatedArchitecture,
        fc.constantFrom("adamw_torch", "adalomo", "adafactor", "muon"),
        (text, optim) => {
          const { value } = decodeLink(
            `?v=1&model=custom&arch=${encodeURIComponent(text)}&optim=${optim}`,
            FULL_CATALOG,
          );
          for (const { estimate, card } of toAnswer(value, FULL_CATALOG).methods)
            expect(finiteNumbers([estimate.params, estimate.terms, estimate.moments, card])).toBe(true);
        },
      ),
      {
        ...runs,
        examples: [
          [WIDER_KEYS_THAN_MODEL, "adamw_torch"],
          [MILLIONS_OF_INPUTS, "adamw_torch"],
          [NO_HEADS_OF_MAMBA, "adalomo"],
        ],
      },
    );
  },
);
