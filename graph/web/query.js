// The query page: YASGUI on this endpoint alone. Its completers that ask other hosts are left out.
(() => {
  const Yasgui = window.Yasgui.default || window.Yasgui;
  const root = document.getElementById("yasgui");
  const endpoint = new URL(root.dataset.endpoint, location.href).href;
  const prefixes = JSON.parse(root.dataset.prefixes);
  Yasgui.Yasr.defaults.prefixes = prefixes;
  // Tab leads out of the editor, as out of every field: whoever has no mouse must get on from there.
  Object.assign(Yasgui.Yasqe.defaults.extraKeys, { Tab: false, "Shift-Tab": false });
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
  // An IRI of the data leads to its page here, wherever the data's own address leads.
  const places = JSON.parse(root.dataset.places);
  const lead = (event) => {
    const link = event.target.closest && event.target.closest(".yasr a[href]");
    const place = link && places.find(([start]) => link.getAttribute("href").startsWith(start));
    if (place) link.href = place[1] + link.getAttribute("href").slice(place[0].length);
  };
  for (const kind of ["mouseover", "focusin", "click", "auxclick"]) root.addEventListener(kind, lead, true);
  for (const button of document.querySelectorAll("aside button"))
    button.addEventListener("click", () => show(button.dataset.query, button.dataset.name));
})();
