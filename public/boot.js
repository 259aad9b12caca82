// Runs before the first paint, as a classic script: sets the theme, and says whether the answer drawn in the page is the one that
// the link asks for. When it is not, the page stays blank until the real one is drawn, instead of showing another scenario's figures.
(function () {
  var root = document.documentElement;
  var link = new URLSearchParams(location.search);
  var theme = (link.get("theme") || "").toLowerCase();
  if (theme !== "light" && theme !== "dark") {
    try {
      theme = localStorage.getItem("headroom-theme") || "";
    } catch {
      theme = ""; // storage is blocked, as in a sandboxed frame
    }
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  var others = Array.from(link.keys()).filter(function (key) {
    return key !== "v" && key !== "theme";
  });
  if (others.length > 0) root.dataset.answer = "other";
})();
