'use strict';

const PRODUCTS = '/pb/api/collections/tbl_product_list/records';
const NEW_ONES = { filter: "prod_list_tags ~ '新品'", sort: 'prod_list_sort', perPage: 4, expand: 'prod_list_icon' };

/** The shop's new products, with their pictures. Where it has none the page shows none. */
async function showProducts() {
  const answer = await fetch(`${PRODUCTS}?${new URLSearchParams(NEW_ONES)}`);
  const { items = [] } = await answer.json();
  for (const item of items) {
    const icon = item.expand?.prod_list_icon;
    const card = document.createElement('div');
    card.className = 'good';
    if (icon) {
      const picture = document.createElement('img');
      picture.src = `/pb/api/files/tbl_attachments/${icon.id}/${icon.attachments_link}`;
      picture.alt = '';
      card.append(picture);
    }
    const name = document.createElement('p');
    name.textContent = item.prod_list_name;
    const price = document.createElement('b');
    price.textContent = `¥${item.prod_list_basic_price.toFixed(2)}`;
    name.append(document.createElement('br'), price);
    card.append(name);
    document.getElementById('goods').append(card);
  }
}

/** Copies a command; where the browser forbids it (no HTTPS), selects it instead. */
async function copy(button) {
  const line = button.closest('.call').querySelector('pre');
  try {
    await navigator.clipboard.writeText(line.textContent);
    button.textContent = '已复制';
  } catch {
    getSelection().selectAllChildren(line);
    button.textContent = '已选中';
  }
}

for (const button of document.querySelectorAll('.copy')) {
  button.addEventListener('click', () => copy(button));
}
showProducts();
