// The query page: YASGUI on this endpoint alone. Its completers that ask other hosts are left out.
(() => {
  const Yasgui = window.Yasgui.default || window.Yasgui;
  const root = document.getElementById("yasgui");
  const endpoint = new URL(root.dataset.endpoint, location.href).href;
  const prefixes = JSON.parse(root.dataset.prefixes);
  Yasgui.Yasr.defaults.prefixes = prefixes;
  const yasgui = new Yasgui(root, {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: false,
    populateFromUrl: true,
    persistenceId: "pikg_" + location.pathname,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    yasqe: { value: root.dataset.query, autocompleters: ["variables"], prefixCcApi: null, resizeable: true },
    yasr: { prefixes },
  });
  const asked = new URLSearchParams(location.search).get("query");
  const show = (text, name) => {
    const tab = yasgui.addTab(true, { name: name, requestConfig: { endpoint } });
    tab.getYasqe().setValue(text);
    return tab;
  };
  if (asked) show(asked, "SPARQL").getYasqe().query();
  for (const button of document.querySelectorAll("aside button"))
    button.addEventListener("click", () => show(button.dataset.query, button.dataset.name));
})();
