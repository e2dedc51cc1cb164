// The query editor as a Streamlit component: YASQE without its own network parts. What is typed stays here until "run".
(() => {
  const say = (type, more) => window.parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...more }, "*");
  let yasqe = null;
  let given = null;
  let loaded = null;
  let marks = [];
  let runs = 0;

  const fit = () => say("setFrameHeight", { height: document.querySelector("main").getBoundingClientRect().height + 2 });
  const run = () => {
    const text = yasqe.getValue();
    if (!text.trim()) return;
    document.getElementById("run").setAttribute("aria-busy", "true");
    runs += 1;
    say("setComponentValue", { value: { text, loaded, run: `${Date.now()}-${runs}` }, dataType: "json" });
  };
  const leave = (editor) => editor.getInputField().blur();

  const start = () => {
    const Yasqe = window.Yasqe.default || window.Yasqe;
    yasqe = new Yasqe(document.getElementById("editor"), {
      value: "",
      autocompleters: ["variables"],
      // It knows nothing of the prefixes that need no declaration here; mistakes are found and placed by the store.
      syntaxErrorCheck: false,
      prefixCcApi: null,
      persistenceId: null,
      createShareableLink: null,
      consumeShareLink: null,
      showQueryButton: false,
      resizeable: false,
      lineWrapping: true,
      // Tab goes on to the next element, as a keyboard's user expects; YASQE would ask the endpoint on Ctrl-Enter.
      extraKeys: {
        "Tab": false, "Shift-Tab": false, "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": false, "Esc": leave,
        "Ctrl-Space": (editor) => editor.autocomplete(), "Ctrl-/": (editor) => editor.commentLines(),
      },
    });
    yasqe.on("changes", unmark);
    document.getElementById("run").addEventListener("click", run);
    new ResizeObserver(() => { yasqe.refresh(); fit(); }).observe(document.getElementById("editor"));
    window.pikgEditor = yasqe;
    if (given) show(given);
  };

  const unmark = () => {
    for (const undo of marks) undo();
    marks = [];
  };
  const mark = (error) => {
    unmark();
    if (!error || error.text !== yasqe.getValue()) return;
    const line = Math.min(error.line, yasqe.lineCount()) - 1;
    const length = yasqe.getLine(line).length;
    const from = Math.max(0, Math.min(error.column - 1, length - 1));
    const token = yasqe.getTokenAt({ line, ch: from + 1 });
    const end = Math.max(token && token.end > from ? token.end : length, from + 1);
    const whole = yasqe.addLineClass(line, "background", "pk-wrong-line");
    const place = yasqe.markText({ line, ch: from }, { line, ch: end }, { className: "pk-wrong-place", title: error.message });
    marks = [() => yasqe.removeLineClass(whole, "background", "pk-wrong-line"), () => place.clear()];
    yasqe.scrollIntoView({ line, ch: from }, 40);
  };

  const show = (args) => {
    document.documentElement.lang = args.lang;
    document.documentElement.style.setProperty("--font", args.font);
    const button = document.getElementById("run");
    button.textContent = args.run;
    button.title = "Ctrl-Enter";
    button.setAttribute("aria-busy", "false");
    document.getElementById("limits").textContent = args.limits;
    yasqe.getInputField().setAttribute("aria-label", args.label);
    if (loaded !== args.signature) {
      loaded = args.signature;
      yasqe.setValue(args.text);
      yasqe.clearHistory();
    }
    mark(args.error);
    fit();
  };

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data.type !== "streamlit:render") return;
    given = event.data.args;
    if (yasqe) show(given);
  });
  window.addEventListener("DOMContentLoaded", start);
  say("componentReady", { apiVersion: 1 });
  say("setFrameHeight", { height: 275 });
})();
