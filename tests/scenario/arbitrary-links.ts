import fc from "fast-check";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { architecture } from "#scenario/keys/codec/architecture.ts";
import { encodeLink, LINK_KEYS } from "#scenario/choices/encode-link.ts";
import frozen from "../golden/links.json";
import { anyChoices } from "./arbitrary-choices.ts";

const VALUES = [
  "1",
  "0",
  "-1",
  "-0",
  "1e999",
  "1e-320",
  "NaN",
  "Infinity",
  "0x10",
  "١٢",
  "",
  " ",
  "custom",
  "CUSTOM",
  "split:1e999",
  "lognormal:-1",
  "lognormal:split:9",
  "7B",
  "24GiB",
  "q-v",
  "q_proj,nothing",
  "q_proj,q_proj",
  "fp32",
  "none",
  "%",
  "%ff",
  "%00",
  "llama.h1.l1.a1.v1",
  "llama.h4096.l32.a0.v9.lk:x:a99999",
  "q_proj,,",
  "__proto__",
  "constructor",
  "x".repeat(3000),
  "é".repeat(700),
  `${"a".repeat(580)}.h64.l1.a1.v9`,
] as const;

const architectures = Object.values(FULL_CATALOG.models).map((row) => architecture.encode(row.architecture));

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.constantFrom(...architectures) },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LINK_KEYS) },
  { weight: 1, arbitrary: fc.constantFrom("lora_alpha", "max_length", "target_modules", "utm_source", "__proto__") },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);

/** Real keys and made-up ones, with values that are right, wrong and absurd. */
const assembled = fc
  .array(fc.tuple(key, value), { maxLength: 12 })
  .map((pairs) => `?${pairs.map((pair) => pair.join("=")).join("&")}`);

const whole = fc.oneof(anyChoices.map(encodeLink), fc.constantFrom(...frozen.links.map(({ link }) => link)));

/** What a chat program, a line break or a hand does to a link. */
const mutations = fc.oneof(
  fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, noise]) => (link: string) => {
    const start = at % (link.length + 1);
    return link.slice(0, start) + noise + link.slice(start + noise.length);
  }),
  fc.nat().map((at) => (link: string) => link.slice(0, at % (link.length + 1))),
  fc.tuple(fc.nat(), fc.nat()).map(([one, other]) => (link: string) => {
    const parts = link.slice(1).split("&");
    const [from, to] = [one % parts.length, other % parts.length];
    return `?${parts
      .with(from, parts[to] ?? "")
      .with(to, parts[from] ?? "")
      .join("&")}`;
  }),
  fc.tuple(fc.nat(), value).map(([at, text]) => (link: string) => {
    const parts = link.slice(1).split("&");
    const index = at % parts.length;
    return `?${parts.with(index, `${parts[index]?.split("=")[0]}=${text}`).join("&")}`;
  }),
  fc.constantFrom(
    (link: string) => link.toUpperCase(),
    (link: string) => link + link,
    (link: string) => `${link}&${link.slice(1)}`,
    // Halves of a pair, which an earlier damage may have left, have no code.
    (link: string) => encodeURIComponent(link.replace(/\p{Cs}/gu, "\uFFFD")),
    (link: string) => link.replaceAll("&", "&amp;"),
    (link: string) => `${link}${"&hide=bars".repeat(900)}`,
  ),
);
const mutated = fc
  .tuple(whole, fc.array(mutations, { minLength: 1, maxLength: 3 }))
  .map(([link, changes]) => changes.reduce((text, change) => change(text), link));

/** Texts that a page may be opened with: links that were broken in many ways, links put together at random, and plain noise. */
export const anyLink: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  { weight: 3, arbitrary: assembled },
  { weight: 6, arbitrary: mutated },
);
