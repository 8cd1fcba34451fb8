// Rows of another collection in a form, found by typing. The library's own says "Search..." in every language.
(() => {
  const PAGE = 20;

  function start(select) {
    const said = select.dataset;
    const shown = (item) => (item._meta ? $(item._meta.select2.result) : item.text);
    $(select).select2({
      width: '100%',
      allowClear: true,
      placeholder: said.placeholder,
      language: {
        searching: () => said.searching,
        loadingMore: () => said.searching,
        noResults: () => said.none,
        errorLoading: () => said.failed,
        removeItem: () => said.remove,
        removeAllItems: () => said.remove,
      },
      ajax: {
        url: said.url,
        dataType: 'json',
        delay: 250,
        data: ({ page = 1, term }) => ({ skip: (page - 1) * PAGE, limit: PAGE, q: term }),
        processResults: ({ items, total }, { page = 1 }) => ({
          results: items,
          pagination: { more: page * PAGE < total },
        }),
      },
      templateResult: shown,
      templateSelection: shown,
    });
  }

  async function fill(select) {
    const ids = JSON.parse(select.dataset.initial);
    if (!ids.length) return;
    const query = new URLSearchParams(ids.map((id) => ['pks', id]));
    const answer = await fetch(`${select.dataset.url}?${query}`);
    const { items } = answer.ok ? await answer.json() : { items: [] };
    const found = new Map(items.map((item) => [item.id, item]));
    ids.forEach((id) => {
      // A row that is gone keeps its place: saving the form does not drop it unseen.
      const text = found.has(id) ? $(found.get(id)._meta.select2.result).text() : id;
      select.append(new Option(text, id, true, true));
    });
    $(select).trigger('change');
  }

  registerFieldInitializer((element) => {
    $('[data-console="relation"]', element).each(function each() {
      start(this);
      fill(this);
    });
  });
})();
