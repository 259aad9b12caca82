import { useData, withBase } from "vitepress";
import { defineComponent, h, onMounted, ref, useId } from "vue";

const ELEMENT = "headroom-calculator";

/** Brings the calculator's own element, once. */
const loadElement = () => {
  const src = withBase("/calculator/embed.js");
  if (document.querySelector(`script[src="${src}"]`) !== null) return;
  document.head.append(Object.assign(document.createElement("script"), { src }));
};

/** The keys of a link that are attributes of the element. @param {string} link */
const attributesOf = (link) => {
  const keys = new URLSearchParams(link);
  // The element writes these itself.
  keys.delete("v");
  keys.delete("embed");
  return Object.fromEntries(keys);
};

/** One of several values of a key: buttons that put it into the scenario of the frame. */
const choiceOf = ({ key, values }, { name, chosen, choose }) =>
  h("fieldset", { class: "live-choice" }, [
    h("legend", key),
    values.map((value) =>
      h("label", [
        h("input", { type: "radio", name, value, checked: chosen === value, onChange: () => choose(value) }),
        h("span", value),
      ]),
    ),
  ]);

/**
 * The calculator in a page: `<headroom-calculator>`, which is a frame that loads when it comes into sight and is as high as what it holds. It wears the
 * site's theme. Without scripts it is a link to the calculator.
 */
export const LiveEmbed = defineComponent({
  props: {
    link: { type: String, required: true },
    says: { type: String, required: true },
    choices: { type: String, default: "[]" },
  },
  setup: (props) => {
    const { isDark } = useData();
    // What the static page cannot know: the element comes to life with the reader's theme.
    const isThere = ref(false);
    const name = useId();
    const start = attributesOf(props.link);
    const changed = ref(/** @type {Record<string, string>} */ ({}));
    onMounted(() => {
      isThere.value = true;
      loadElement();
    });
    return () => {
      const keys = { ...start, ...changed.value };
      const choices = JSON.parse(props.choices).map((choice, at) =>
        choiceOf(choice, {
          name: `${name}-${at}`,
          chosen: keys[choice.key],
          choose: (value) => (changed.value = { ...changed.value, [choice.key]: value }),
        }),
      );
      const way = h("a", { href: withBase(`/calculator/${props.link}`), target: "_self" }, "Open it in the calculator");
      const theme = isThere.value ? { theme: isDark.value ? "dark" : "light" } : {};
      return h("figure", { class: "live-embed vp-raw" }, [
        h("figcaption", props.says),
        ...choices,
        h(ELEMENT, { ...keys, ...theme, label: `GPU memory calculator: ${props.says}` }, [way]),
      ]);
    };
  },
});
